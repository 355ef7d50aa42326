import type { Patch } from '../simulation/bundle';

/** A bug as somebody might really make it, planted in a copy of the source, and the class of forgeries that must find it. */
export interface PlantedCodeBug extends Patch {
  readonly name: string;
  readonly foundBy: string;
}

export const PLANTED_CODE_BUGS: readonly PlantedCodeBug[] = [
  {
    name: 'a MAC of three digits',
    file: 'functions/domain/school-keys.ts',
    edits: [{ find: '=== Number(mac)', put: '% 1_000 === Number(mac) % 1_000' }],
    foundBy: 'a guessed MAC',
  },
  {
    name: 'a used step that is not looked at',
    file: 'functions/domain/charge.ts',
    edits: [{ find: 'if (app === undefined || isStepUsed(app, step)) return', put: 'if (app === undefined) return' }],
    foundBy: 'used before',
  },
  {
    name: 'an app that still pays when it is removed',
    file: 'functions/domain/campus-code.ts',
    edits: [{ find: 'if (app === undefined || !app.bound) return false', put: 'if (app === undefined) return false' }],
    foundBy: 'of an app that was removed',
  },
  {
    name: 'an identity code that pays',
    file: 'functions/domain/charge.ts',
    edits: [{ find: "if (code.kind === 'identity') return 'code.identity-only';", put: '' }],
    foundBy: 'an identity code',
  },
  {
    name: 'a code that never ends',
    file: 'functions/domain/campus-code.ts',
    edits: [{ find: "if (timing === 'expired') return 'code.expired';", put: '' }],
    foundBy: 'a little too old',
  },
  {
    name: 'a code from the future',
    file: 'functions/domain/campus-code.ts',
    edits: [{ find: "if (timing === 'early') return 'code.not-yet-valid';", put: '' }],
    foundBy: 'a little too new',
  },
  {
    name: 'a step of one code more',
    file: 'shared/code-format.ts',
    edits: [{ find: 'if (start <= now - CODE_PAST_MS)', put: 'if (start <= now - CODE_PAST_MS - STEP_MS)' }],
    foundBy: 'a little too old',
  },
  {
    name: 'frozen codes that pay',
    file: 'functions/domain/campus-code.ts',
    edits: [{ find: "state.codesFrozen ? 'code.frozen' : undefined", put: 'undefined' }],
    foundBy: 'of a closed account or of frozen codes',
  },
  {
    name: 'a length that is not looked at',
    file: 'shared/code-format.ts',
    edits: [
      { find: 'if (text.length === CODE_LENGTH) {', put: 'if (text.length >= CODE_LENGTH) {' },
      { find: 'mac: text.slice(13)', put: 'mac: text.slice(13, 24)' },
    ],
    foundBy: 'with digits too many',
  },
];
