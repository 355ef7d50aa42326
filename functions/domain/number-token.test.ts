import { citizenIdCheck } from '../../shared/citizen-id';
import { createNumberToken, noCitizenIds } from './number-token';

const id = `00000019900101001${citizenIdCheck('00000019900101001')}`;
const token = createNumberToken(new Uint8Array(32).fill(7));

describe('what stands for a typed number', () => {
  it('is the number itself, and of a citizen ID a keyed hash of the school (ST-54)', () => {
    expect(token('shanghaitech', '2021000037')).toBe('2021000037');
    expect(token('shanghaitech', id)).toMatch(/^id:[\w-]{43}$/);
    expect(token('shanghaitech', id)).toBe(token('shanghaitech', id));
    expect(token('bistu', id)).not.toBe(token('shanghaitech', id));
    expect(createNumberToken(new Uint8Array(32).fill(8))('shanghaitech', id)).not.toBe(token('shanghaitech', id));
  });

  it('is never the ID where there is no key', () => {
    expect(noCitizenIds('shanghaitech', id)).toBe('id:unknown');
    expect(noCitizenIds('shanghaitech', '2021000037')).toBe('2021000037');
  });
});
