import type { RulePack } from '../../../shared/rule-pack';
import type { SchoolKeys } from '../../domain/school-keys';
import type { Surroundings } from './function-instance';
import type { Watch } from './watch';

/** Everything the actors of one simulation share. */
export interface World extends Surroundings {
  readonly pack: RulePack;
  readonly keys: SchoolKeys;
  readonly watch: Watch;
  readonly mix: Mix;
  /** Operations asked for so far, each arrival of a request one. Actors stop when it reaches the budget. */
  operations: number;
  readonly budget: number;
}

/** What the people of a world do: shares and habits, drawn from its seed. */
export interface Mix {
  readonly accounts: number;
  readonly terminals: number;
  /** Share of all sales that the first account makes: many on one account overflow the ring within a window. */
  readonly hot: number;
  /** Share of sales by code. */
  readonly codes: number;
  /** Share of codes that were shown before: screenshots, double scans. */
  readonly reusedCodes: number;
  /** Share of sales that their terminal takes back. */
  readonly voids: number;
  /** Share of unclear attempts after which the terminal asks instead of trying again. */
  readonly asks: number;
  /** Longest pause between two sales of one terminal. */
  readonly restMs: number;
  readonly topUps: number;
  readonly holders: number;
  /** Furthest that a terminal's clock is from the true time. */
  readonly terminalSkewMs: number;
}

export function isOver(world: World): boolean {
  return world.operations >= world.budget;
}
