import type { Beginning } from './simulators.ts';

/** TEMPORARY */
export function beginningOf(seed: number, number: number, now: number): Beginning {
  const contacts = Array.from({ length: 12 }, (_, index) => ({ firstName: `Ada${index}`, lastName: `Byron${seed}`, emails: [`ada${index}@example.com`, `ada.${index}@work.example.com`], phones: [`+49 30 ${index}2345`], jobTitle: 'Analyst', birthday: '1980-02-29' }));
  const tasks = Array.from({ length: 4 }, (_, index) => ({ subject: `Call ${index}`, priority: 'high' as const, dueDate: now + index * 86_400_000 }));
  const events = Array.from({ length: 6 }, (_, index) => ({ title: `Meeting ${index}`, start: now + index * 86_400_000, end: now + index * 86_400_000 + 3_600_000 }));
  return {
    orocrm: { contacts, tasks, events },
    mailbox: { userPrincipalName: `person${number}@contoso.example`, displayName: `Person ${number}`, timeZone: 'Europe/Berlin' },
    fill: ({ admin }) => {
      for (let index = 8; index < 18; index += 1) admin.createContact({ givenName: `Ada${index}`, surname: `Byron${seed}`, emailAddresses: [{ address: `ada${index}@example.com`, name: 'Ada' }], personalNotes: 'met' });
      admin.createTask({ title: 'Buy flowers', importance: 'normal' });
      admin.createEvent({ subject: 'Dentist', start: { dateTime: new Date(now + 86_400_000).toISOString().slice(0, 19), timeZone: 'UTC' }, end: { dateTime: new Date(now + 90_000_000).toISOString().slice(0, 19), timeZone: 'UTC' } });
    },
  };
}
