/** What is said in the story: a bridge operator and its supplier, over new bearings. */
export type Who = 'alice' | 'adam' | 'bob' | 'bella';

export interface Line {
  readonly who: Who;
  readonly text: string;
}

export const PEOPLE: Readonly<Record<Who, { readonly address: string; readonly name: string }>> = {
  alice: { address: 'alice@acme.test', name: 'Alice Archer' },
  adam: { address: 'adam@acme.test', name: 'Adam Ashby' },
  bob: { address: 'bob@partner.test', name: 'Bob Baker' },
  bella: { address: 'bella@partner.test', name: 'Bella Brandt' },
};

export const GROUP = 'Harbour Bridge bearings';

/** While everyone is there. */
export const TALK: readonly Line[] = [
  {
    who: 'alice',
    text: 'Morning everyone. This is the group for the bearings of Harbour Bridge; everything we agree is agreed here.',
  },
  { who: 'bob', text: 'Morning Alice. Bella runs the foundry side with us, so she is in as well.' },
  {
    who: 'bella',
    text: 'Hello! I have the survey in front of me: 24 bearings, eight of them on the west abutment.',
  },
  {
    who: 'adam',
    text: 'Correct. The eight in the west are the urgent ones, two have moved 6 mm since spring.',
  },
  { who: 'bella', text: 'Sliding pot bearings then, 4,500 kN each. We have castings for six in stock.' },
  { who: 'alice', text: 'And the other two?' },
  { who: 'bella', text: 'Cast on Thursday, machined by the 9th, tested by the 12th.' },
  { who: 'adam', text: 'We close the westbound lanes on the night of the 14th. That leaves two days.' },
  { who: 'bob', text: 'Tight, but the test bench is ours all week. I would rather promise the 13th.' },
  { who: 'alice', text: 'The 13th by noon, or we lose the lane closure. The next one is in March.' },
  { who: 'bob', text: 'The 13th by noon. Delivered to the yard on Quay Road?' },
  { who: 'adam', text: 'Quay Road, gate 3. Ask for me.' },
  {
    who: 'bob',
    text: 'Price for the eight: 61,400 net, as in offer 2291. The other sixteen stay at the frame price.',
  },
  { who: 'alice', text: 'Offer 2291 said 59,800.' },
  { who: 'bob', text: 'That was before the stainless plates. Revision B went out on Monday.' },
  { who: 'adam', text: 'He is right, I asked for 1.4401 plates. Salt spray on the west side.' },
  {
    who: 'alice',
    text: 'Fine. 61,400 it is, revision B. I will raise the order today under number 77-0413.',
  },
  { who: 'bob', text: 'Thank you. Confirmed: eight bearings, revision B, 61,400 net, order 77-0413.' },
  {
    who: 'bella',
    text: 'Adam, which torque for the anchor bolts? The drawing says 400 Nm, the note says 450.',
  },
  { who: 'adam', text: 'The note wins: 450 Nm, in two passes. I will correct the drawing.' },
  { who: 'bella', text: '450 in two passes, noted.' },
  {
    who: 'alice',
    text: 'Bella, can you send test protocols per serial number? The inspector wants to see each one.',
  },
  { who: 'bella', text: 'Of course, with the load curves.' },
];

/** While partner.test is down: its own people write as well, and their devices keep it. */
export const MEANWHILE: readonly Line[] = [
  { who: 'alice', text: 'The order is out: 77-0413, signed by me and by finance.' },
  { who: 'adam', text: 'Drawing corrected, revision C of sheet 12. 450 Nm everywhere now.' },
  {
    who: 'alice',
    text: 'The harbour master wants 48 hours notice for the crane. Bob, please confirm the truck by the 11th.',
  },
  { who: 'adam', text: 'And the closure begins at 22:00, not 21:00. Police have confirmed it.' },
];
export const OFFLINE: Line = {
  who: 'bob',
  text: 'Our node is being moved to another rack, I write this anyway: the truck is booked for the 13th, 9:30.',
};

/** When partner.test is back. */
export const AFTERWARDS: readonly Line[] = [
  { who: 'bella', text: 'We are back, and I see four messages from you: order received, 22:00 noted.' },
  { who: 'alice', text: 'And I see the truck, 9:30 on the 13th. Thank you, Bob.' },
];

/** From the phone that is lost later, and by whoever found it. */
export const FROM_THE_PHONE = 'On the train; I read along on my phone.';
export const BY_THE_FINDER = 'Change of plan: please pay 61,400 to our new account instead.';
export const AFTER_THE_LOSS: Line = {
  who: 'bob',
  text: 'I left my phone on the train; it is revoked. If it said anything about accounts: that was not me.',
};

/** From an organisation that nobody here has an agreement with. */
export const STRANGER = { address: 'sales@stranger.test', name: 'Sally Sells' } as const;
export const OFFER = 'Hello Alice, we can do those bearings for half the price.';

/** After somebody tried to change what was said. */
export const AFTER_THE_EDIT =
  'Somebody had been at our archive. Both sides saw it, and it is as it was again.';
