import { expect, it } from '@jest/globals';
import { MessageFramer } from '../../../../src/platform/database/message-framer.js';
import { SessionGate } from '../../../../src/platform/database/session-gate.js';

const message = (type: string, body = ''): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
};
const startUp = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);

it('the start-up message goes by itself', () => {
  expect(new MessageFramer().push(startUp)).toEqual({ batch: startUp, terminated: false });
});

it('messages are held until something ends their batch, however they are cut', () => {
  const whole = Buffer.concat([message('P', 'parse'), message('B', 'bind'), message('E'), message('S')]);
  for (let cut = 0; cut < whole.length; cut += 1) {
    const framer = new MessageFramer();
    framer.push(startUp);
    const first = framer.push(whole.subarray(0, cut));
    expect(first.batch).toHaveLength(0);
    expect(framer.push(whole.subarray(cut)).batch).toEqual(whole);
  }
});

it('what follows a batch waits for the next', () => {
  const framer = new MessageFramer();
  framer.push(startUp);
  const [query, begun] = [message('Q', 'SELECT 1'), message('P', 'next')];
  expect(framer.push(Buffer.concat([query, begun])).batch).toEqual(query);
  expect(framer.push(message('S')).batch).toEqual(Buffer.concat([begun, message('S')]));
});

it('a goodbye is told', () => {
  const framer = new MessageFramer();
  framer.push(startUp);
  expect(framer.push(message('X')).terminated).toBe(true);
});

it('the session goes from hand to hand, in order', async () => {
  const gate = new SessionGate();
  const [a, b, c] = [{}, {}, {}];
  const entered: object[] = [];
  const enter = (who: object) => gate.enter(who).then(() => entered.push(who));
  await enter(a);
  const [second, third] = [enter(b), enter(c)];
  await enter(a);
  gate.leave(b);
  expect(entered).toEqual([a, a]);
  gate.leave(a);
  await second;
  expect(gate.owns(b)).toBe(true);
  gate.leave(b);
  await third;
  expect(entered).toEqual([a, a, b, c]);
});
