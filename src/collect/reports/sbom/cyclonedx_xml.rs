//! CycloneDX in XML, versions 1.0 to 1.7, known by its namespace.
//!
//! An element `component` stands in many places: the tools of the metadata, the ancestors of
//! another component. Only those below `bom/components` are components of the project. Until 1.3
//! vulnerabilities stood in an extension, inside the component they are about.

use super::bill::{Bill, Component, Statement, said};
use super::cyclonedx::{add_severity, is_incomplete, say_incomplete, set_tool};
use crate::collect::reports::words::set_produced;
use crate::collect::reports::{Document, Format, FormatSpec};
use crate::model::fact::Source;
use crate::model::reading::{Reading, ReportKind};
use crate::parse::error::ParseError;
use crate::parse::xml::{Element, Part};

/// CycloneDX in XML.
pub(in crate::collect::reports) struct CycloneDxXml;

static SPEC: FormatSpec = FormatSpec {
    kind: ReportKind::Sbom,
    name: "cyclonedx-xml",
    usual_names: &["*.cdx.xml", "bom.xml", "sbom*.xml", "*cyclonedx*.xml"],
    about: "The Maven and Gradle plugins of CycloneDX, jake, grype and others write it.",
    sample: (
        "bom.xml",
        r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component
 type="library"><name>a</name><version>1</version></component></components></bom>"#,
    ),
};

/// The beginning of every namespace of the format; the version follows.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// What was gathered so far.
#[derive(Default)]
struct Walk {
    /// The names of the open elements, the root first.
    open: Vec<String>,
    /// The text of the innermost element so far.
    text: String,
    /// Components with the line they begin on, and which of them are open.
    components: Vec<(u32, Component)>,
    nested: Vec<usize>,
    statements: Vec<(u32, Statement)>,
    timestamp: String,
    /// Name and version of each tool.
    tools: Vec<(String, String)>,
    /// The name by which the document calls the project, and what it calls incomplete.
    subject: Option<String>,
    aggregate: String,
    incomplete: Vec<String>,
}

impl Walk {
    fn take(&mut self, part: Part) {
        match part {
            Part::Start(element) => self.start(&element),
            Part::Text(text) => self.text.push_str(&text),
            Part::End(_) => {
                let text = std::mem::take(&mut self.text);
                self.end(text.trim());
                self.open.pop();
            }
        }
    }

    fn start(&mut self, element: &Element) {
        self.text.clear();
        self.open.push(element.name.clone());
        let reference = || element.attribute("bom-ref").and_then(said);
        let below = self.below();
        match below.as_slice() {
            ["metadata", "component"] => self.subject = reference(),
            ["metadata", "tools", "tool"]
            | [
                "metadata",
                "tools",
                "components" | "services",
                "component" | "service",
            ] => {
                self.tools.push((String::new(), String::new()));
            }
            ["compositions", "composition"] => self.aggregate.clear(),
            [
                "compositions",
                "composition",
                "assemblies" | "dependencies",
                _,
            ] if is_incomplete(&self.aggregate) => {
                self.incomplete
                    .extend(element.attribute("ref").and_then(said));
            }
            path if is_component(path) => {
                self.nested.push(self.components.len());
                let component = Component {
                    kind: element.attribute("type").and_then(said),
                    ..Component::default()
                };
                self.components.push((element.line, component));
            }
            path if Self::in_vulnerability(path) == Some(&[][..]) => {
                let affects = element.attribute("ref").and_then(said);
                let statement = Statement {
                    affects: affects.into_iter().collect(),
                    ..Statement::default()
                };
                self.statements.push((element.line, statement));
            }
            _ => {}
        }
    }

    /// The open elements below the root.
    fn below(&self) -> Vec<&str> {
        self.open.iter().skip(1).map(String::as_str).collect()
    }

    /// The elements below a vulnerability of the document, or of a component in the extension.
    fn in_vulnerability<'p>(path: &'p [&'p str]) -> Option<&'p [&'p str]> {
        let at = path.iter().position(|name| *name == "vulnerabilities")?;
        let (before, rest) = path.split_at_checked(at)?;
        let ours = before.is_empty() || is_component(before);
        match rest {
            ["vulnerabilities", "vulnerability", below @ ..] if ours => Some(below),
            _ => None,
        }
    }

    fn end(&mut self, text: &str) {
        let open = std::mem::take(&mut self.open);
        let below: Vec<&str> = open.iter().skip(1).map(String::as_str).collect();
        match below.as_slice() {
            ["metadata", "timestamp"] => text.clone_into(&mut self.timestamp),
            ["metadata", "tools", .., "name"] if below.len() <= 5 => self.tool(text, false),
            ["metadata", "tools", .., "version"] if below.len() <= 5 => self.tool(text, true),
            ["compositions", "composition", "aggregate"] => text.clone_into(&mut self.aggregate),
            path if is_component(path) => {
                self.nested.pop();
            }
            path => {
                if let Some(inner) = Self::in_vulnerability(path) {
                    self.end_in_vulnerability(inner, text);
                } else if let Some(inner) = in_component(path) {
                    self.end_in_component(inner, text);
                }
            }
        }
        self.open = open;
    }

    /// A tool's name or version, the first of each: those of its own parts come later.
    fn tool(&mut self, text: &str, version: bool) {
        if let Some(tool) = self.tools.last_mut() {
            let field = if version { &mut tool.1 } else { &mut tool.0 };
            if field.is_empty() {
                text.clone_into(field);
            }
        }
    }

    fn end_in_component(&mut self, path: &[&str], text: &str) {
        let Some((_, component)) = self
            .nested
            .last()
            .and_then(|at| self.components.get_mut(*at))
        else {
            return;
        };
        match path {
            ["name"] => component.name = said(text),
            ["group"] => component.group = said(text),
            ["version"] => component.version = said(text),
            ["purl"] => component.purl = said(text),
            ["cpe"] => component.tagged |= !text.is_empty(),
            ["swid"] => component.tagged = true,
            ["supplier", "name"] => component.supplier = said(text),
            ["licenses", "expression"] | ["licenses", "license", "id" | "name"] => {
                component.licences.extend(said(text));
            }
            _ => {}
        }
    }

    fn end_in_vulnerability(&mut self, path: &[&str], text: &str) {
        let Some((_, statement)) = self.statements.last_mut() else {
            return;
        };
        match path {
            ["id"] => statement.id = said(text),
            ["references", "reference", "id"] => statement.aliases.extend(said(text)),
            ["affects", "target", "ref"] => statement.affects.extend(said(text)),
            ["ratings", "rating", "severity"] => add_severity(statement, text),
            ["analysis", "state"] => statement.status = said(text),
            ["analysis", "justification"] => statement.justification = said(text),
            ["analysis", "detail"] if statement.justification.is_none() => {
                statement.justification = said(text);
            }
            ["analysis", "lastUpdated"] => statement.stated_at = said(text),
            ["updated"] if statement.stated_at.is_none() => statement.stated_at = said(text),
            _ => {}
        }
    }
}

/// Whether these elements lead from the root to a component of the project, however deep.
fn is_component(path: &[&str]) -> bool {
    let (pairs, rest) = path.as_chunks::<2>();
    !pairs.is_empty()
        && rest.is_empty()
        && pairs
            .iter()
            .all(|pair| *pair == ["components", "component"])
}

/// The elements below the innermost component.
fn in_component<'p>(path: &'p [&'p str]) -> Option<&'p [&'p str]> {
    let (pairs, _) = path.as_chunks::<2>();
    let deep = pairs
        .iter()
        .take_while(|pair| **pair == ["components", "component"])
        .count();
    path.get(deep * 2..).filter(|_| deep > 0)
}

impl Format for CycloneDxXml {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.look.xml().is_some_and(|root| {
            let mut values = root.attributes.iter().map(|(_, value)| value);
            root.name == "bom" && values.any(|value| value.starts_with(NAMESPACE))
        })
    }

    fn read(&self, document: &Document<'_>) -> Result<Reading, ParseError> {
        let mut walk = Walk::default();
        document.xml(|part| {
            walk.take(part);
            true
        })?;
        let mut reading = Reading::new(SPEC.kind, SPEC.name);
        for (name, version) in &walk.tools {
            let said = |text: &'_ str| said(text);
            set_tool(
                &mut reading,
                said(name).as_deref(),
                said(version).as_deref(),
            );
        }
        set_produced(&mut reading, &walk.timestamp);
        let mut bill = Bill::default();
        for (line, component) in walk.components {
            let source = Source::line(document.path, line);
            bill.add(component, source, &mut reading);
        }
        let statements = u64::try_from(walk.statements.len()).unwrap_or(u64::MAX);
        for (line, statement) in walk.statements {
            let source = Source::line(document.path, line);
            reading.items.push(statement.item(source));
        }
        bill.settle(Some(statements), &mut reading);
        let subject = walk.subject;
        if subject.is_some_and(|subject| walk.incomplete.contains(&subject)) {
            say_incomplete(&mut reading);
        }
        Ok(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reading::ReadingState;

    fn read(text: &str) -> Reading {
        let document = Document::new("x.xml", text.as_bytes());
        assert!(CycloneDxXml.recognises(&document), "{text}");
        CycloneDxXml.read(&document).expect("a reading")
    }

    #[test]
    fn only_components_of_the_project_count_and_they_nest() {
        let reading = read(
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6">
<metadata><timestamp>2026-01-02T03:04:05Z</timestamp><tools><components><component><name>cdx</name>
<version>9</version><supplier><name>S</name></supplier></component></components></tools>
<component bom-ref="app"><name>app</name></component></metadata>
<components>
 <component type="library"><supplier><name>ACME</name></supplier><name>a</name><version>1</version>
  <licenses><license><id>MIT</id></license><license><name>Own &amp; odd</name></license></licenses>
  <pedigree><ancestors><component><name>old</name></component></ancestors></pedigree>
  <components><component type="file"><name>b</name><purl>pkg:x/b</purl></component></components>
 </component>
</components></bom>"#,
        );
        assert_eq!(reading.measures["components"].as_int(), Some(2));
        let first = &reading.items[0];
        assert_eq!(first.get("name").as_text(), Some("a"));
        assert_eq!(first.get("supplier").as_text(), Some("ACME"));
        assert_eq!(first.get("licences").to_string(), "MIT, Own & odd");
        assert_eq!(first.source.place_text(), "x.xml:6");
        assert_eq!(reading.items[1].get("purl").as_text(), Some("pkg:x/b"));
        assert_eq!(reading.tool.as_deref(), Some("cdx"));
        assert_eq!(reading.tool_version.as_deref(), Some("9"));
        assert_eq!(reading.measures["identified"].to_string(), "1 of 2");
    }

    #[test]
    fn vulnerabilities_are_read_from_the_document_and_from_the_extension() {
        let reading = read(
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.2"
 xmlns:v="http://cyclonedx.org/schema/ext/vulnerability/1.0"><components><component type="library">
<name>a</name><version>1</version><v:vulnerabilities><v:vulnerability ref="a1"><v:id>CVE-1</v:id>
<v:ratings><v:rating><v:severity>Medium</v:severity></v:rating></v:ratings></v:vulnerability>
</v:vulnerabilities></component></components><vulnerabilities><vulnerability><id>CVE-2</id><analysis>
<state>exploitable</state><detail>d</detail></analysis><affects><target><ref>a1</ref></target></affects>
</vulnerability></vulnerabilities></bom>"#,
        );
        assert_eq!(reading.measures["vulnerabilities"].as_int(), Some(2));
        let texts = |at: usize, field: &str| reading.items[at].get(field).to_string();
        assert_eq!(
            (texts(1, "id"), texts(1, "rank")),
            ("CVE-1".into(), "medium".into())
        );
        assert_eq!(
            (texts(1, "affects"), texts(2, "affects")),
            ("a1".into(), "a1".into())
        );
        assert_eq!(
            (texts(2, "status"), texts(2, "dismissed")),
            ("exploitable".into(), "no".into())
        );
    }

    #[test]
    fn an_incomplete_composition_of_the_project_lowers_the_state() {
        let reading = read(
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><component bom-ref="app"/>
</metadata><components><component><name>a</name></component></components><compositions><composition>
<aggregate>incomplete</aggregate><assemblies><assembly ref="app"/></assemblies></composition>
</compositions></bom>"#,
        );
        assert_eq!(reading.state, ReadingState::Incomplete);
        let none = read(r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.0"><components/></bom>"#);
        assert_eq!(none.state, ReadingState::NothingMeasured);
    }
}
