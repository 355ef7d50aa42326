import type { SandboxResponse } from './http';

/** Thrown where a request has taken effect and its answer is never to arrive. */
export class AnswerLost extends Error {}

export const lostAnswer: SandboxResponse = { status: 0, headers: {}, body: '' };
