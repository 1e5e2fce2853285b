//! Which files declare dependencies, by name, and which ecosystem they belong to (docs.github.com,
//! "Dependabot supported ecosystems and repositories"; the fetchers of dependabot-core for what an
//! entry reaches from its directory).

/// How far an update entry reaches from its directory to a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collect::repository) enum Reach {
    /// To its own folder only.
    Here,
    /// One folder down too: requirements are often kept in a folder of their own.
    OneBelow,
    /// From the root to `.github/workflows`.
    Workflows,
    /// To `gradle/libs.versions.toml` below a build.
    GradleCatalogue,
    /// To `.devcontainer` and the folders in it.
    Devcontainer,
}

/// Whether the name is enough, or the content has to say that it declares something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collect::repository) enum Content {
    /// The name is enough.
    Any,
    /// `pyproject.toml`, which may merely configure tools.
    Pyproject,
    /// `setup.cfg`, likewise.
    SetupCfg,
    /// `package.json`, which may merely say how modules are loaded.
    PackageJson,
    /// Terraform, where any file may hold providers and modules.
    Terraform,
    /// A chart, which may depend on nothing.
    Chart,
}

/// A kind of manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collect::repository) struct Kind {
    /// The ecosystem, as Dependabot names it.
    pub(in crate::collect::repository) ecosystem: &'static str,
    /// Other ecosystems whose entries update it as well.
    pub(in crate::collect::repository) also: &'static [&'static str],
    /// The managers of Renovate that update it.
    pub(in crate::collect::repository) managers: &'static [&'static str],
    /// What its content has to say.
    pub(in crate::collect::repository) content: Content,
    /// From where an entry reaches it.
    pub(in crate::collect::repository) reach: Reach,
}

impl Kind {
    const fn new(ecosystem: &'static str, managers: &'static [&'static str]) -> Self {
        Self {
            ecosystem,
            also: &[],
            managers,
            content: Content::Any,
            reach: Reach::Here,
        }
    }

    const fn also(mut self, also: &'static [&'static str]) -> Self {
        self.also = also;
        self
    }

    const fn when(mut self, content: Content) -> Self {
        self.content = content;
        self
    }

    const fn from(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }
}

const GITHUB_ACTIONS: Kind = Kind::new("github-actions", &["github-actions"]);
const DOCKER: Kind = Kind::new("docker", &["dockerfile"]);
const COMPOSE: Kind = Kind::new("docker-compose", &["docker-compose"]);
const GRADLE: Kind = Kind::new("gradle", &["gradle"]);
const BUNDLER: Kind = Kind::new("bundler", &["bundler"]);
const BAZEL: Kind = Kind::new("bazel", &["bazel", "bazel-module"]);
const NUGET: Kind = Kind::new("nuget", &["nuget"]);
const DEVCONTAINERS: Kind = Kind::new("devcontainers", &["devcontainer"]).from(Reach::Devcontainer);
const REQUIREMENTS: Kind = Kind::new("pip", &["pip_requirements", "pip-compile"])
    .also(&["uv"])
    .from(Reach::OneBelow);

/// Manifests that always have the same name.
const NAMES: &[(&str, Kind)] = &[
    (
        "pyproject.toml",
        Kind::new("pip", &["pep621", "poetry"]).when(Content::Pyproject),
    ),
    (
        "setup.cfg",
        Kind::new("pip", &["setup-cfg"]).when(Content::SetupCfg),
    ),
    ("setup.py", Kind::new("pip", &["pip_setup"])),
    ("Pipfile", Kind::new("pip", &["pipenv"])),
    (
        "package.json",
        Kind::new("npm", &["npm"]).when(Content::PackageJson),
    ),
    ("Cargo.toml", Kind::new("cargo", &["cargo"])),
    ("go.mod", Kind::new("gomod", &["gomod"])),
    ("pom.xml", Kind::new("maven", &["maven"])),
    ("build.gradle", GRADLE),
    ("build.gradle.kts", GRADLE),
    ("libs.versions.toml", GRADLE.from(Reach::GradleCatalogue)),
    ("Gemfile", BUNDLER),
    ("gems.rb", BUNDLER),
    ("composer.json", Kind::new("composer", &["composer"])),
    ("packages.config", NUGET),
    ("Directory.Packages.props", NUGET),
    ("global.json", Kind::new("dotnet-sdk", &["nuget"])),
    ("mix.exs", Kind::new("mix", &["mix"])),
    ("pubspec.yaml", Kind::new("pub", &["pub"])),
    ("Package.swift", Kind::new("swift", &["swift"])),
    ("elm.json", Kind::new("elm", &[])),
    (
        "Chart.yaml",
        Kind::new("helm", &["helmv3"]).when(Content::Chart),
    ),
    ("devcontainer.json", DEVCONTAINERS),
    (".devcontainer.json", DEVCONTAINERS),
    (
        ".pre-commit-config.yaml",
        Kind::new("pre-commit", &["pre-commit"]),
    ),
    ("MODULE.bazel", BAZEL),
    ("WORKSPACE", BAZEL),
    ("WORKSPACE.bazel", BAZEL),
    ("vcpkg.json", Kind::new("vcpkg", &["vcpkg"])),
    (
        "rust-toolchain.toml",
        Kind::new("rust-toolchain", &["rust-toolchain"]),
    ),
    ("action.yml", GITHUB_ACTIONS),
    ("action.yaml", GITHUB_ACTIONS),
];

/// What a file declares, by its path from the examined folder.
pub(in crate::collect::repository) fn kind_of(path: &str) -> Option<Kind> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folder == ".github/workflows" {
        return has_ending(name, &[".yml", ".yaml"]).then(|| GITHUB_ACTIONS.from(Reach::Workflows));
    }
    // Submodules are declared once, at the top.
    if path == ".gitmodules" {
        return Some(Kind::new("gitsubmodule", &["git-submodules"]));
    }
    if let Some((_, kind)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*kind);
    }
    if is_requirements(folder, name) {
        return Some(REQUIREMENTS);
    }
    if is_dockerfile(name) {
        return Some(DOCKER);
    }
    if has_ending(name, &[".yml", ".yaml"])
        && (name.starts_with("docker-compose") || name.starts_with("compose."))
    {
        return Some(COMPOSE);
    }
    if has_ending(name, &[".csproj", ".fsproj", ".vbproj"]) {
        return Some(NUGET);
    }
    if has_ending(name, &[".gemspec"]) {
        return Some(BUNDLER);
    }
    if has_ending(name, &[".tf", ".tofu"]) {
        let kind = Kind::new("terraform", &["terraform"]).also(&["opentofu"]);
        return Some(kind.when(Content::Terraform));
    }
    None
}

/// `requirements*.txt` and its kin, and any list in a folder named `requirements`.
fn is_requirements(folder: &str, name: &str) -> bool {
    let listed = has_ending(name, &[".txt", ".in"]);
    let in_folder = folder.rsplit('/').next() == Some("requirements");
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let named = stem.starts_with("requirements")
        || ["-requirements", "_requirements", ".requirements"]
            .iter()
            .any(|ending| stem.ends_with(ending));
    (listed && (in_folder || named))
        || (name.starts_with("requirements") && has_ending(name, &[".lock"]))
}

/// `Dockerfile`, `Dockerfile.dev`, `dev.dockerfile`; not a program or a text about one.
fn is_dockerfile(name: &str) -> bool {
    const OTHER: &[&str] = &[
        ".dockerignore",
        ".go",
        ".js",
        ".json",
        ".lock",
        ".md",
        ".py",
        ".rb",
        ".rs",
        ".rst",
        ".sh",
        ".ts",
        ".txt",
        ".yaml",
        ".yml",
    ];
    let lower = name.to_ascii_lowercase();
    let starts = ["dockerfile", "containerfile"].iter().any(|start| {
        lower
            .strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    });
    (starts && !has_ending(&lower, OTHER)) || has_ending(&lower, &[".dockerfile"])
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_known_by_their_names() {
        for (path, ecosystem) in [
            ("requirements.txt", "pip"),
            ("requirements-dev.in", "pip"),
            ("requirements.dev.lock", "pip"),
            ("requirements/base.txt", "pip"),
            ("dev-requirements.txt", "pip"),
            ("docker/Dockerfile", "docker"),
            ("Dockerfile.dev", "docker"),
            ("dev.dockerfile", "docker"),
            ("compose.yaml", "docker-compose"),
            ("docker-compose.dev.yml", "docker-compose"),
            (".github/workflows/a.yml", "github-actions"),
            (".github/actions/x/action.yml", "github-actions"),
            (".gitmodules", "gitsubmodule"),
            ("src/App.csproj", "nuget"),
            ("x.gemspec", "bundler"),
            ("infra/main.tf", "terraform"),
            ("gradle/libs.versions.toml", "gradle"),
        ] {
            assert_eq!(
                kind_of(path).map(|kind| kind.ecosystem),
                Some(ecosystem),
                "{path}"
            );
        }
        for path in [
            "dockerfile.go",
            "Dockerfile.dockerignore",
            "x/.gitmodules",
            ".github/workflows/x/a.yml",
            ".github/workflows/matcher.json",
            "notes.txt",
            "poetry.lock",
            "composer.lock",
        ] {
            assert_eq!(kind_of(path), None, "{path}");
        }
    }
}
