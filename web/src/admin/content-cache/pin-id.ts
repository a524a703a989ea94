/** The files that a pin protects. */
export interface PinSetting {
  readonly repos: string;
  readonly files?: string | null;
  readonly revision?: string | null;
}

/** Limit of the API, with space for a number. */
const MAX_LENGTH = 58;

const isSame = (pin: PinSetting, setting: PinSetting): boolean =>
  pin.repos === setting.repos &&
  (pin.files ?? null) === (setting.files ?? null) &&
  (pin.revision ?? null) === (setting.revision ?? null);

/** An id for a pin: that of an equal pin if there is one, otherwise one that no pin has. */
export function pinIdFor(setting: PinSetting, pins: readonly (PinSetting & { readonly id: string })[]): string {
  const equal = pins.find((pin) => isSame(pin, setting));
  if (equal) return equal.id;
  const text = [setting.repos, setting.files, setting.revision].filter(Boolean).join('-');
  const name = text.replaceAll(/[^\w.-]+/g, '-').slice(0, MAX_LENGTH) || 'pin';
  const taken = new Set(pins.map(({ id }) => id));
  let id = name;
  for (let number = 2; taken.has(id); number += 1) id = `${name}-${number}`;
  return id;
}
