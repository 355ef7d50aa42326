import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { root } from '../support/project';

/**
 * Headless Chromium: CHROMIUM_PATH where it is set, else the one from npm, which brings the libraries a bare system lacks only where it
 * believes to be inside a Lambda. Chinese is drawn in a font from npm, so that pictures are alike everywhere.
 */
export async function launchBrowser(): Promise<Browser> {
  const { path: executablePath, libraries } = process.env.CHROMIUM_PATH
    ? { path: process.env.CHROMIUM_PATH, libraries: '' }
    : chromiumFromNpm();
  return chromium.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
    env: { ...definedEnvironment(), ...(libraries === '' ? {} : { LD_LIBRARY_PATH: libraries }), FONTCONFIG_FILE: fontConfiguration() },
  });
}

/** Asked in a process of its own: the package is an ES module, and it changes the environment to what it has unpacked. */
function chromiumFromNpm(): { path: string; libraries: string } {
  const script = `import('@sparticuz/chromium').then(async ({ default: chromium }) => {
    const path = await chromium.executablePath();
    console.log(JSON.stringify({ path, libraries: process.env.LD_LIBRARY_PATH ?? '' }));
  });`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
    env: { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x', ...process.env },
  });
  // The script above prints exactly this.
  return JSON.parse(output) as { path: string; libraries: string };
}

function fontConfiguration(): string {
  const folder = path.join(root, '.tmp', 'fonts');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'fonts.conf');
  const fonts = path.join(root, 'node_modules', '@expo-google-fonts', 'noto-sans-sc');
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${path.join(fonts, '400Regular')}</dir><dir>${path.join(fonts, '500Medium')}</dir><dir>${path.join(fonts, '700Bold')}</dir><dir>/usr/share/fonts</dir>
<cachedir>${path.join(folder, 'cache')}</cachedir>
<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
</fontconfig>`,
  );
  return file;
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
