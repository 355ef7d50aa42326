import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Machine, Screen } from '../terminals/machine';
import { CardChip } from '../terminals/physical-card';
import { createHall } from './hall';
import { openKept } from './kept';

const text = (zh: string) => ({ zh, en: zh });
const screen: Screen = { id: 'kiosk.home', title: text('校园卡自助服务系统'), lines: [], fields: [], buttons: [] };

/** A machine that only says what was done to it. */
function machine(done: string[], name: string): Machine {
  return {
    kind: 'kiosk',
    screen: () => screen,
    press: async (button, fields) => {
      done.push(`${name} ${button} ${JSON.stringify(fields)}`);
      return screen;
    },
    place: async (card) => {
      done.push(`${name} ${card?.cardNumber ?? 'empty'}`);
      return screen;
    },
    faults: () => [],
    setFault: (id, on) => {
      done.push(`${name} ${id} ${on}`);
    },
  };
}

function makeHall() {
  const done: string[] = [];
  const hall = createHall({
    machinesOf: () => [
      { terminal: 31, name: text('圈存机'), machine: machine(done, '31') },
      { terminal: 32, name: text('现金充值机'), machine: machine(done, '32') },
    ],
    chipOf: (_, cardNumber) => new CardChip({ cardNumber, chipKey: new Uint8Array(32) }),
  });
  return { hall, done };
}

describe('the hall of machines', () => {
  it('takes a card from where it lies when it is laid on another machine: there is one card', async () => {
    const { hall, done } = makeHall();
    await hall.act({ act: 'place', schoolId: 'bistu', terminal: 31, card: '000000001016' });
    const views = await hall.act({ act: 'place', schoolId: 'bistu', terminal: 32, card: '000000001016' });
    expect(done).toEqual(['31 000000001016', '31 empty', '32 000000001016']);
    expect(views.map(({ terminal, card }) => [terminal, card])).toEqual([
      [31, null],
      [32, '000000001016'],
    ]);
  });

  it('lets machines do what they do by themselves', async () => {
    const ticks: string[] = [];
    const alive: Machine = {
      ...machine([], '8'),
      tick: async () => {
        ticks.push('8');
        return screen;
      },
    };
    const hall = createHall({
      machinesOf: () => [
        { terminal: 8, name: text('一食堂'), machine: alive },
        { terminal: 31, name: text('圈存机'), machine: machine([], '31') },
      ],
      chipOf: (_, cardNumber) => new CardChip({ cardNumber, chipKey: new Uint8Array(32) }),
    });
    await hall.tick('bistu');
    expect(ticks).toEqual(['8']);
  });

  it('passes presses and faults on to the machine that is named, and refuses one that is not there', async () => {
    const { hall, done } = makeHall();
    await hall.act({ act: 'press', schoolId: 'bistu', terminal: 31, button: 'claim', fields: { pin: '123456' } });
    await hall.act({ act: 'fault', schoolId: 'bistu', terminal: 32, id: 'network-cut', on: true });
    expect(done).toEqual(['31 claim {"pin":"123456"}', '32 network-cut true']);
    await expect(hall.act({ act: 'press', schoolId: 'bistu', terminal: 99, button: 'claim', fields: {} })).rejects.toThrow('no machine 99');
  });
});

test('what a machine keeps is there after a restart', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ecode-kept-'));
  try {
    const kept = openKept(folder);
    kept.memory('bistu/31').save({ nextSequence: 7 });
    await kept.written();
    expect(openKept(folder).memory('bistu/31').load()).toEqual({ nextSequence: 7 });
    expect(openKept(folder).memory('bistu/32').load()).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
