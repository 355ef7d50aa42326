import type { Locator, Page } from 'playwright-core';

/** A cashier's hands and eyes at one machine of the hall, on the page that the bench top serves. */
export interface HallHands {
  /** What stands on the machine's screen, with what its printer has put out. */
  text(): Promise<string>;
  /** Presses the screen's button of that name; `fields` are typed before. */
  press(name: string, fields?: Readonly<Record<string, string>>): Promise<void>;
  /** Throws the switch of a fault, on or off. */
  toggle(fault: string): Promise<void>;
}

/** Unfolds the hall of a school. From then on the page keeps its machines alive. */
export async function openHall(bench: Page, schoolId: string): Promise<(terminal: number) => HallHands> {
  await bench.locator('#hall-unfold').click();
  await bench.locator('#hall-school').selectOption(schoolId);
  return (terminal) => handsOn(bench.locator(`#machine-${terminal}`));
}

function handsOn(machine: Locator): HallHands {
  const button = (group: string, name: string): Locator => machine.locator(group).getByRole('button', { name, exact: true });
  return {
    // biome-ignore lint/performance/useDomNodeTextContent: what a person reads, not what is hidden.
    text: () => machine.locator('.machine-screen').innerText(),
    async press(name, fields = {}) {
      for (const [id, value] of Object.entries(fields)) await machine.locator(`[data-field="${id}"]`).fill(value);
      await button('.screen-buttons', name).click();
    },
    async toggle(fault) {
      await button('.chips', fault).click();
    },
  };
}
