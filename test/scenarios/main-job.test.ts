import t from 'tap';
import { isQuiet, twoServices } from '../support/two-services.ts';

t.test('R1 the main job in small: all three kinds, both ways, and then nothing more', async (t) => {
  const world = twoServices();
  world.oro.admin.createContact({ firstName: 'Ada', lastName: 'Byron', emails: ['ada@example.com'], phones: ['+1 555 0100', '+1 555 0101'], gender: 'female', birthday: '1985-12-10', addresses: [{ street: '1 Main St', city: 'Boston', country: 'US', region: 'US-MA', types: ['billing'] }] });
  world.oro.admin.createTask({ subject: 'Call Ada', priority: 'high', status: 'in_progress', dueDate: Date.parse('2030-03-10T16:30:00Z') });
  world.oro.admin.createEvent({ title: 'Lunch', start: Date.parse('2030-03-10T11:00:00Z'), end: Date.parse('2030-03-10T12:00:00Z') });
  world.graph.admin.createContact({ givenName: 'Cher', emailAddresses: [{ name: 'Cher', address: 'cher@example.com' }], businessAddress: { street: 'Hauptstr. 1', city: 'Berlin', countryOrRegion: 'Germany', postalCode: '10115', state: '' } });
  world.graph.admin.createTask({ title: 'Write', importance: 'low', status: 'deferred' });
  world.graph.admin.createEvent({ subject: 'Holiday', isAllDay: true, start: { dateTime: '2030-03-31T00:00:00', timeZone: 'Europe/Berlin' }, end: { dateTime: '2030-04-01T00:00:00', timeZone: 'Europe/Berlin' } });
  const reports = await world.settle();
  t.ok(isQuiet(reports.at(-1)));
  t.strictSame((await world.summary()).linked, { contact: 2, task: 2, event: 2 });
  t.match(world.oro.admin.listContacts(), [{ firstName: 'Ada' }, { firstName: 'Cher', lastName: 'Cher', addresses: [{ city: 'Berlin', country: 'DE', types: ['billing'] }] }]);
  t.match(world.oro.admin.listTasks(), [{ subject: 'Call Ada' }, { subject: 'Write' }]);
  t.match(world.graph.admin.listContacts(), [{ givenName: 'Cher' }, { givenName: 'Ada', surname: 'Byron', businessAddress: { city: 'Boston' } }]);
  t.match(world.graph.admin.listTasks(), [{ title: 'Write', status: 'deferred' }, { title: 'Call Ada', importance: 'high', status: 'inProgress' }]);
  t.match(world.graph.admin.listEvents(), [{ subject: 'Holiday', isAllDay: true }, { subject: 'Lunch', isAllDay: false }]);
});
