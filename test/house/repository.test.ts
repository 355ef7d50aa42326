import { projectFiles, readProjectFile } from '../support/project';

const texts = (): { name: string; text: string }[] =>
  projectFiles()
    .filter((name) => !/\.(png|jpg|ico|ttf|woff2?|gz|zip)$/.test(name))
    .map((name) => ({ name, text: readProjectFile(name) }));

/** Written in pieces, so that this file does not name what it looks for. */
const machineFolder = new RegExp(`${'/wo'}rk/(main|shared|notes|\\.library)\\b`);
const registryHost = new RegExp(`\\b(registry\\.[a-z]|npm${'js'}\\.(org|com)|npm${'mirror'}|/-/[a-z0-9.-]+\\.t${'gz'})`);

/** A citizen's number: 18 characters whose check character fits (GB 11643). Nobody's, real or made up, belongs in the tree. */
function holdsCitizenNumber(text: string): boolean {
  for (const [digits] of text.matchAll(
    /(?<![0-9A-Za-z])[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X](?![0-9A-Za-z])/g,
  )) {
    const weighted = [...digits.slice(0, 17)].reduce((total, digit, index) => total + Number(digit) * (2 ** (17 - index) % 11), 0);
    if ('10X98765432'[weighted % 11] === digits[17]) return true;
  }
  return false;
}

describe('the repository', () => {
  it('locks every package without a download address', () => {
    const lock = JSON.parse(readProjectFile('package-lock.json')) as { packages: Record<string, { resolved?: string; link?: boolean }> };
    const addressed = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined && !entry.link);
    expect(Object.keys(lock.packages).length).toBeGreaterThan(1000);
    expect(addressed.map(([name]) => name)).toEqual([]);
  });

  it('keeps install scripts off and the registry out of the lock file', () => {
    const settings = readProjectFile('.npmrc')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(settings).toEqual(expect.arrayContaining(['ignore-scripts=true', 'omit-lockfile-registry-resolved=true']));
    expect(settings.filter((line) => /registry=|_auth|token/i.test(line))).toEqual([]);
  });

  it('names no folder of the machine it was made on', () => {
    expect(texts().flatMap(({ name, text }) => (machineFolder.test(text) ? [name] : []))).toEqual([]);
  });

  it('names no package registry', () => {
    expect(texts().flatMap(({ name, text }) => (registryHost.test(text) ? [name] : []))).toEqual([]);
  });

  it("holds no citizen's number", () => {
    expect(holdsCitizenNumber(`id 11010519491231${'002'}X.`)).toBe(true);
    expect(texts().flatMap(({ name, text }) => (holdsCitizenNumber(text) ? [name] : []))).toEqual([]);
  });

  it('holds no private key', () => {
    const key = new RegExp(`-----BEGIN (RSA |EC )?PRIVATE ${'KEY'}-----\\s+[A-Za-z0-9+/]{40}`);
    expect(texts().flatMap(({ name, text }) => (key.test(text) ? [name] : []))).toEqual([]);
  });

  it('pins exactly what breaks when it moves', () => {
    const { dependencies, devDependencies } = JSON.parse(readProjectFile('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const all = { ...dependencies, ...devDependencies };
    const moving = Object.entries(all).filter(
      ([name, version]) =>
        /^(@tarojs\/|@aws-sdk\/|@aws-lambda-powertools\/|webpack$|typescript$|@biomejs\/|miniprogram-ci$|wechatpay-node-v3$|alipay-sdk$)/.test(
          name,
        ) && !/^\d/.test(version),
    );
    expect(moving).toEqual([]);
  });
});
