import { readFileSync } from 'node:fs';
import process from 'node:process';

// Plain JavaScript: it reports whatever became of the run, even where the Node of this repository never got installed.
const [reportFile, exitCode] = process.argv.slice(2);

/** Vitest's JSON report; a file that broke outside of its tests counts as one failure. */
function count() {
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const broken = report.testResults.filter(
    (file) =>
      file.status === 'failed' &&
      !file.assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

function countOrNothing() {
  try {
    return count();
  } catch {
    return { passed: 0, failed: 0 };
  }
}

const { passed, failed } = countOrNothing();
// A run that failed in its entirety (set-up, crash) has failed, whatever the report says.
process.stdout.write(
  `${passed} passed, ${exitCode === '0' ? failed : Math.max(failed, 1)} failed\n`,
);
