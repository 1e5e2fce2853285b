// Reads HDF with the library of Heimdall, and compares what it makes of each control with the result
// that the run came to. Usage: check.js EXPORTS

const fs = require("fs");
const path = require("path");
const inspecjs = require("inspecjs");

// What each result may be counted as, and nothing else.
const COUNTED = {
  "no-exceptions-noted": ["Passed"],
  "exceptions-noted": ["Failed"],
  "not-tested": ["Not Reviewed", "Profile Error"],
  "did-not-occur": ["Not Reviewed"],
  "not-applicable": ["Not Applicable"],
};

function read(text) {
  const read = inspecjs.convertFile(text, true);
  return read["1_0_ExecJson"];
}

const exports_ = process.argv[2];
const runs = fs.readdirSync(exports_).sort();
let wrong = 0;
let controls = 0;
const complain = (run, said) => {
  wrong += 1;
  console.log(`${run}: ${said}`);
};

for (const run of runs) {
  const file = read(fs.readFileSync(path.join(exports_, run, "hdf"), "utf8"));
  if (!file) {
    complain(run, "inspecjs does not read it");
    continue;
  }
  for (const profile of inspecjs.contextualizeEvaluation(file).contains) {
    for (const { root } of profile.contains) {
      const { hdf } = root;
      const { id, tags } = hdf.wraps;
      controls += 1;
      if (!COUNTED[tags.result].includes(hdf.status)) {
        complain(run, `${id} is ${tags.result}, and counted as ${hdf.status}`);
      }
      if (hdf.waived) {
        complain(run, `${id} is counted as waived, which takes a failure out of the count`);
      }
    }
  }
}

// A validator that accepts everything would show nothing.
const broken = JSON.parse(fs.readFileSync(path.join(exports_, "states", "hdf"), "utf8"));
delete broken.profiles[0].controls[0].results;
if (read(JSON.stringify(broken))) {
  complain("states", "inspecjs accepts a control without results");
}

console.log(`${runs.length} runs, ${controls} controls: HDF ${wrong ? "refused" : "accepted"}`);
process.exitCode = wrong ? 1 : 0;
