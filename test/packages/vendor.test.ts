import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/project';
import { packageBytes } from './package-size';

const MAIN_PACKAGE_LIMIT = 600 * 1024;
const SUBPACKAGE_LIMIT = 400 * 1024;
const dist = (kind: string): string => path.join(root, 'miniapp', 'dist', kind);
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'ecode-vendor-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Compiled {
  readonly ok: boolean;
  readonly code?: number;
  readonly message?: string;
}

function compile(folder: string): Compiled {
  const output = execFileSync(process.execPath, [path.join(__dirname, 'vendor', 'compile.cjs'), folder, scratch], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    // Whoever tries the network hears at once that there is none.
    env: {
      ...process.env,
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      https_proxy: 'http://127.0.0.1:9',
    },
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Compiled;
}

/** A copy with one file spoilt. */
function spoilt(file: string, change: (text: string) => string): string {
  const folder = path.join(scratch, `spoilt-${path.basename(file)}`);
  cpSync(dist('weapp'), folder, { recursive: true });
  const target = path.join(folder, file);
  writeFileSync(target, change(readFileSync(target, 'utf8')));
  return folder;
}

describe('the vendor’s own compiler', () => {
  it('compiles the WeChat package: scripts, templates and styles', () => {
    expect(compile(dist('weapp'))).toEqual({ ok: true });
  });

  it('refuses a package whose template is broken', () => {
    expect(compile(spoilt('pages/home/index.wxml', (text) => `${text}<view class="{{a"></text>`))).toMatchObject({ ok: false });
  });

  it('refuses a package whose script is broken', () => {
    expect(compile(spoilt('pages/home/index.js', (text) => `${text}\nfunction (`))).toMatchObject({ ok: false });
  });
});

describe('the vendor’s check of code quality', () => {
  /** Flags of the upload settings, which a build folder does not hold; project.config.json sets them. */
  const SETTINGS = ['JS_COMPRESS_OPEN', 'WXML_COMPRESS_OPEN', 'WXSS_COMPRESS_OPEN'];

  it('finds nothing in the WeChat package', () => {
    const key = path.join(scratch, 'quality.pem');
    writeFileSync(key, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }));
    const report = path.join(scratch, 'quality.json');
    const cli = path.join(root, 'node_modules', 'miniprogram-ci', 'bin', 'miniprogram-ci.js');
    execFileSync(
      process.execPath,
      [cli, 'check-code-quality', '--pp', dist('weapp'), '--appid', 'wx0000000000000001', '--pkp', key, '--sp', report],
      {
        cwd: scratch,
        stdio: 'ignore',
      },
    );
    const checks = JSON.parse(readFileSync(report, 'utf8')) as { name: string; success: boolean }[];
    expect(checks.length).toBeGreaterThanOrEqual(10);
    expect(checks.filter(({ name, success }) => !success && !SETTINGS.includes(name)).map(({ name }) => name)).toEqual([]);
  });
});

describe.each(['weapp', 'alipay'])('the size of the %s package', (kind) => {
  const { main, parts } = packageBytes(dist(kind));

  it('keeps the main package within 600 KB', () => {
    expect(main).toBeGreaterThan(100_000);
    expect(main).toBeLessThanOrEqual(MAIN_PACKAGE_LIMIT);
  });

  it('keeps each subpackage within 400 KB', () => {
    expect(Object.keys(parts).length).toBeGreaterThanOrEqual(4);
    for (const bytes of Object.values(parts)) expect(bytes).toBeGreaterThan(1_000);
    expect(Object.entries(parts).filter(([, bytes]) => bytes > SUBPACKAGE_LIMIT)).toEqual([]);
  });
});
