/**
 * WeChat's own compiler over a built package: `node compile.cjs <folder> <scratch folder>`. Prints one JSON line: {"ok":true} or the vendor's
 * code and words. A process of its own, because the compiler leaves workers behind.
 */
const { generateKeyPairSync } = require('node:crypto');
const { writeFileSync } = require('node:fs');
const dns = require('node:dns');
const path = require('node:path');

// The compiler asks WeChat's servers for lists it can do without. Here every name is unknown at once, so that it does not wait to be told.
dns.lookup = (host, options, done = options) =>
  process.nextTick(done, Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));

const ci = require('miniprogram-ci');

const [folder, scratch] = process.argv.slice(2);

async function compile() {
  // The compiler wants a key to exist; compiling uses it for nothing, so one is made up.
  const privateKeyPath = path.join(scratch, 'key.pem');
  writeFileSync(privateKeyPath, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const project = new ci.Project({ appid: 'wx0000000000000001', type: 'miniProgram', projectPath: folder, privateKeyPath, ignores: [] });
  // It asks WeChat's servers what this app may do. These are a fresh app's limits; no server is asked.
  project.attr = async () => ({
    platform: false,
    appType: 0,
    isSandbox: false,
    released: false,
    setting: {
      MaxCodeSize: 2,
      MaxSubpackageSubCodeSize: 2,
      MaxSubpackageFullCodeSize: 20,
      NavigateMiniprogramLimit: 10,
      MaxSubPackageLimit: 100,
      MinTabbarCount: 2,
      MaxTabbarCount: 5,
      MaxTabbarIconSize: 40,
    },
  });
  // Only with these settings are scripts, templates and styles really read.
  const setting = { es6: true, minifyJS: true, minifyWXML: true, minifyWXSS: true };
  await ci.getCompiledResult({ project, version: '1.0.0', setting, onProgressUpdate() {} }, path.join(scratch, 'compiled.zip'));
}

compile().then(
  () => finish({ ok: true }),
  (error) => finish({ ok: false, code: error.code, message: String(error.message) }),
);

function finish(result) {
  process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));
}
