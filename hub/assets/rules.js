// What the rules of the specification say, for who has never read it.
const words = {
  A2: 'OroCRM\'s value went to Outlook', A3: 'matched by name, then taken from OroCRM', A4: 'new in OroCRM, made in Outlook', A5: 'saved again in OroCRM, so Outlook follows', A6: 'part of a full pass a person confirmed',
  A8: 'changed in OroCRM, so Outlook follows', A9: 'changed in Outlook, which is not synced back in this direction', A10: 'deleted in Outlook, made there again', A11: 'deleted in OroCRM; the Outlook item stays', A12: 'its OroCRM record was deleted while Outlook was not to follow', A13: 'typed by a person, for Outlook alone',
  B2: 'new in Outlook, made in OroCRM', B2s: 'may be a duplicate', B3: 'part of a full pass a person confirmed', B3s: 'its OroCRM record cannot be found', B5: 'Outlook\'s value went to OroCRM', B6: 'its OroCRM record was deleted', B7: 'changed in OroCRM, set back to Outlook\'s value in this direction', B8: 'changed in Outlook, so OroCRM follows', B9: 'deleted in Outlook; the OroCRM record stays', B10: 'deleted in OroCRM', B10s: 'deleted in OroCRM but edited in Outlook, so it was made there again', B11: 'typed by a person, Outlook first',
  C2: 'matched for the first time; OroCRM\'s value counts', C3: 'new in Outlook, made in OroCRM', C4: 'new in OroCRM, made in Outlook', C5: 'changed in OroCRM, so Outlook follows', C6: 'changed in Outlook, so OroCRM follows', C7: 'both sides changed it; OroCRM wins', C8: 'both sides changed it; Outlook wins', C9: 'both sides changed the record; one side wins as a whole', C9s: 'both sides changed different things; both are kept', C11: 'deleted in Outlook, made there again', C12: 'deleted in OroCRM, so in Outlook too', C13: 'deleted on both sides', C14: 'deleted in OroCRM, so in Outlook too', C14s: 'deleted in OroCRM and edited in Outlook; the conflict setting decided', C16: 'stored by the service in its own way', C18: 'an old form was saved over a newer value',
  D1: 'the service cannot tell deleted from hidden', D2: 'many deletions at once', D3: 'one side shows nothing at all', D4: 'the record may not be read any more', D5: 'left the folder or time that is synced', D6: 'restored by a person', D7: 'guests of the meeting would be told', D8: 'a full pass has to be confirmed', D9: 'the data came back from a backup', D11: 'many changes at once', D12: 'a recurring series, which is not synced yet', D13: 'somebody else\'s meeting, which OroCRM may not change',
  G2: 'nothing to do', G7: 'could not be read or written', G8: 'an empty value erases nothing here',
  K2: 'the Outlook item was marked with its OroCRM id', K10: 'others would have matched as well', K12: 'the mark of a copy was taken away',
  M2: 'one side cannot hold this value', M7: 'the service refused to make it', M10: 'Outlook has room for less', M12: 'only one side knows which is the main one', M13: 'moved up to the main one', M17: 'moved up to the main one', M43: 'the service refused it',
  R4: 'its outcome was not known and was looked up', R7: 'two systems set it to and fro', R9: 'replaced by a newer edit of the same side', R10: 'undone by a person', R11: 'this kind is not offered there',
  S14b: 'left different by an earlier direction', S17: 'private or excluded', S20: 'the first plan waits for Go',
};

/** A rule in words; its number where there are none. */
export function ruleWords(rule) {
  return words[rule] ?? `rule ${rule}`;
}
