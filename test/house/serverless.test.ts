import { existsSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { TOLD_KINDS } from '../../shared/passbook/told-kinds';
import { projectFiles, readProjectFile, root } from '../support/project';

interface NewImage {
  readonly kind: { readonly S: readonly string[] };
}

interface StreamEvent {
  readonly stream?: {
    readonly filterPatterns?: readonly { readonly eventName: readonly string[]; readonly dynamodb?: { readonly NewImage: NewImage } }[];
  };
}

interface Service {
  readonly functions: Readonly<
    Record<
      string,
      { readonly handler: string; readonly role: string; readonly description: string; readonly events?: readonly StreamEvent[] }
    >
  >;
  readonly resources: { readonly Resources: Readonly<Record<string, { readonly Type: string }>> };
}

// The shape is asserted by the tests below: a missing part fails them.
const service = parse(readProjectFile('serverless.yml'), { logLevel: 'silent' }) as Service;
const functions = Object.entries(service.functions);

const entryFiles = projectFiles(
  'functions/student',
  'functions/terminal',
  'functions/callbacks',
  'functions/jobs',
  'functions/staff',
).filter(
  (name) =>
    name.endsWith('.ts') && !name.endsWith('.test.ts') && /^export (const|async function|function) handler\b/m.test(readProjectFile(name)),
);

describe('serverless.yml', () => {
  it.each(functions)('%s has an entry file that exports its handler', (_name, { handler }) => {
    const file = handler.replace(/\.handler$/, '.ts');
    expect(existsSync(path.join(root, file))).toBe(true);
    expect(entryFiles).toContain(file);
  });

  it('runs every entry file, each once', () => {
    expect(functions.map(([, { handler }]) => handler.replace(/\.handler$/, '.ts')).sort()).toEqual([...entryFiles].sort());
  });

  it.each(functions)('%s has a role of its own making and says what it is for', (_name, { role, description }) => {
    expect(service.resources.Resources[role]?.Type).toBe('AWS::IAM::Role');
    expect(description).toMatch(/^[A-Z]/);
  });

  it('lets those entries through to the notices that may be told, and no others', () => {
    const kinds = ({ kind }: NewImage): readonly string[] => kind.S;
    const patterns = service.functions['watch-passbook']?.events?.flatMap(({ stream }) => stream?.filterPatterns ?? []) ?? [];
    const inserts = patterns.filter(({ eventName }) => eventName.includes('INSERT'));
    expect(inserts.map(({ dynamodb }) => dynamodb && kinds(dynamodb.NewImage))).toEqual([TOLD_KINDS]);
    expect(patterns).toContainEqual({ eventName: ['MODIFY', 'REMOVE'] });
  });
});
