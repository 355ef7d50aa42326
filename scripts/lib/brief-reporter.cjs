const path = require('node:path');

/** One line a test file, and what failed in full: a log that a person reads to its end. */
module.exports = class BriefReporter {
  onTestResult(_test, result) {
    const name = path.relative(process.cwd(), result.testFilePath);
    const seconds = (result.perfStats.runtime / 1000).toFixed(1);
    const failed = result.numFailingTests > 0 || result.testExecError;
    console.log(`${failed ? 'FAIL' : 'ok  '} ${name} (${result.numPassingTests} passed, ${result.numFailingTests} failed, ${seconds} s)`);
    if (failed) console.log(result.failureMessage);
  }
};
