//! Reports of the kind `coverage`, one file a format and one line each in [`FORMATS`].

mod branches;
mod clover;
mod cobertura;
mod coverage_py;
mod coverage_py_data;
mod files;
mod gcovr;
mod gcovr_summary;
mod go_cover;
mod istanbul;
mod istanbul_summary;
mod jacoco;
mod lcov;
mod lcov_record;
mod llvm_cov;
mod marks;
mod measured;
mod opencover;
mod simplecov;
mod simplecov_json;
mod simplecov_last_run;
mod sonar;
mod tarpaulin;

use super::Format;

/// The formats, the more particular one first.
pub(super) static FORMATS: &[&dyn Format] = &[
    &coverage_py::CoveragePy,
    &coverage_py_data::CoveragePyData,
    &cobertura::Cobertura,
    &jacoco::Jacoco,
    &clover::Clover,
    &sonar::Sonar,
    &opencover::OpenCover,
    &lcov::Lcov,
    &go_cover::GoCover,
    &istanbul::Istanbul,
    &istanbul_summary::IstanbulSummary,
    &llvm_cov::LlvmCov,
    &tarpaulin::Tarpaulin,
    &gcovr::Gcovr,
    &gcovr_summary::GcovrSummary,
    &simplecov_json::SimpleCovJson,
    &simplecov::Resultset,
    &simplecov_last_run::LastRun,
];
