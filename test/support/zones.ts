/** The instant, UTC ms, at which clocks in a zone (IANA) show this time: `2030-05-05T17:30`. By way of Intl alone, so that it checks what the product computes otherwise. */
export function atLocal(time: string, zone: string): number {
  const asUtc = Date.parse(`${time}Z`);
  const first = asUtc - offsetMs(asUtc, zone);
  return asUtc - offsetMs(first, zone);
}

/** What clocks in a zone show at an instant: `2030-05-05T17:30`. */
export function localTime(ms: number, zone: string): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 16);
}

function offsetMs(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(ms);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - ms;
}
