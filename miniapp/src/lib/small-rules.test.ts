import { fen } from '../../../shared/money';
import { brandVariables, mix } from './colors';
import { presetText } from './money-text';
import { passwordProblem } from './new-password';

describe('small rules of the screens', () => {
  it('mixes a tint from the brand colour', () => {
    expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080');
    expect(mix('#0b5d57', '#ffffff', 0)).toBe('#0b5d57');
    expect(brandVariables({ color: '#0b5d57', color2: '#12857a' })).toMatchObject({ '--brand-deep': '#0b5d57', '--brand-2': '#12857a' });
  });

  it('shows whole-yuan presets without decimals', () => {
    expect([presetText(fen(5_000)), presetText(fen(1_250))]).toEqual(['50', '12.50']);
  });

  it('says what stands against a new password before it is sent', () => {
    expect(passwordProblem('', '')).toBe('empty');
    expect(passwordProblem('12345', '')).toBe('length');
    expect(passwordProblem('12345a', '12345a')).toBe('length');
    expect(passwordProblem('285913', '')).toBe('empty');
    expect(passwordProblem('285913', '285914')).toBe('differ');
    expect(passwordProblem('285913', '285913')).toBeUndefined();
  });
});
