// Numbers and times for people. Nothing here touches the page.

const LOCALE = 'en';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumSignificantDigits: 3 });
const exact = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const days = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const hours = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const zones = new Intl.DateTimeFormat(LOCALE, { timeZoneName: 'short' });

export const NOTHING = '–';

/** A count, in full. */
export const count = value => whole.format(value);

/** A quantity with three digits: 12.3K. */
export const amount = value => (value == null ? NOTHING : short.format(value));

/** Any value with a few digits. */
export const number = value => (value == null ? NOTHING : short.format(value));

/** A number in a second; of what is rarer than every ten seconds, in a minute. */
export function rate(value) {
  return value > 0 && value < 0.1 ? `${short.format(value * 60)}/min` : `${amount(value)}/s`;
}

/** Bytes in powers of 1024. */
export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  let scaled = value;
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${exact.format(scaled)} ${units[unit]}`;
}

/** A short time, given in seconds. */
export function seconds(value) {
  if (value == null) {
    return NOTHING;
  }
  return value < 1 ? `${exact.format(value * 1000)} ms` : `${exact.format(value)} s`;
}

/** A share of 1 in per cent. */
export const percent = value => `${exact.format(value * 100)} %`;

/** Energy, given in kWh. */
export function energy(value) {
  if (value == null) {
    return NOTHING;
  }
  return Math.abs(value) < 1 ? `${exact.format(value * 1000)} Wh` : `${short.format(value)} kWh`;
}

/** Carbon, given in grams of CO2 equivalent; null where no carbon intensity is known. */
export function carbon(value) {
  if (value == null) {
    return 'unknown';
  }
  return Math.abs(value) < 1000 ? `${exact.format(value)} g` : `${short.format(value / 1000)} kg`;
}

/** The zone that times are shown in, as it is called at a time: UTC, GMT+2. */
export const zone = time => zones.formatToParts(time).find(part => part.type === 'timeZoneName').value;

/** How long ago, given in milliseconds. */
export function duration(value) {
  const minutes = Math.round(value / 60000);
  if (minutes < 1) {
    return `${Math.round(value / 1000)} s`;
  }
  if (minutes < 120) {
    return `${minutes} min`;
  }
  const days = Math.floor(minutes / 1440);
  return days < 2 ? `${Math.round(minutes / 60)} h` : `${days} days`;
}

/** The same with the unit that is right for an age. */
export function ago(value) {
  const whole = Math.max(0, Math.round(value / 1000));
  return whole < 120 ? `${whole} s` : duration(value);
}

/** A time of day, given in milliseconds since the epoch. */
export const time = value => clock.format(value);

/** The same without seconds. */
export const hour = value => hours.format(value);

/** The day and the time of day. */
export const day = value => days.format(value);
