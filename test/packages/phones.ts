import path from 'node:path';
import type { Stack } from '../../sandbox/local/stack';
import { press } from '../stories/app';
import { type PackageApp, packageApp } from '../stories/package-app';
import { bind } from '../stories/steps';
import type { Student } from '../stories/student';
import { root } from '../support/project';
import { compileTemplates } from './host/templates';

export type Kind = 'weapp' | 'alipay';
type Memory = Pick<Parameters<typeof packageApp>[0], 'storage' | 'now'> & { readonly storageIsFull?: boolean };

export interface Phones {
  /** Somebody whom the platforms have not seen. */
  newPerson(): string;
  /** An app as its compiled templates bind it, on a phone that may remember an earlier one. */
  phone(kind: Kind, person: string, memory?: Memory): PackageApp;
  /** The same, opened and bound to a student's card. */
  boundPhone(kind: Kind, student: Student, memory?: Memory): Promise<{ readonly app: PackageApp; readonly person: string }>;
  closeAll(): Promise<void>;
}

/** Phones of one school's students on one stack. */
export function phonesAt(stack: () => Stack, schoolId: string): Phones {
  const apps: PackageApp[] = [];
  let people = 0;
  const newPerson = (): string => stack().sandbox.world.addPerson(`a phone's owner ${++people}`).id;
  const phone = (kind: Kind, person: string, { storageIsFull = false, ...memory }: Memory = {}): PackageApp => {
    const templates = compileTemplates(kind, path.join(root, 'miniapp', 'dist', kind));
    const app = packageApp({ kind, stack: stack(), person, templates, ...memory });
    app.host.storageIsFull = storageIsFull;
    apps.push(app);
    return app;
  };
  return {
    newPerson,
    phone,
    async boundPhone(kind, student, memory) {
      const person = newPerson();
      const app = phone(kind, person, memory);
      await app.open();
      await press(app, `school-${schoolId}`);
      await bind(app, student);
      return { app, person };
    },
    async closeAll() {
      for (const app of apps.splice(0)) await app.close();
    },
  };
}

/** The app is gone; the phone keeps what it had written. */
export async function killed(app: PackageApp): Promise<ReadonlyMap<string, unknown>> {
  await app.close();
  return new Map(app.host.storage);
}
