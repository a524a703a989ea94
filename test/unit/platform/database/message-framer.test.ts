import { expect, it } from '@jest/globals';
import { MessageFramer } from '../../../../src/platform/database/message-framer.js';

const message = (type: string, body = ''): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
};
const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);

it('forwards the startup message immediately', () => {
  expect(new MessageFramer().push(startup)).toEqual({ batch: startup, terminated: false });
});

it('holds messages until their batch is complete, regardless of how the stream is split', () => {
  const whole = Buffer.concat([message('P', 'parse'), message('B', 'bind'), message('E'), message('S')]);
  for (let cut = 0; cut < whole.length; cut += 1) {
    const framer = new MessageFramer();
    framer.push(startup);
    const first = framer.push(whole.subarray(0, cut));
    expect(first.batch).toHaveLength(0);
    expect(framer.push(whole.subarray(cut)).batch).toEqual(whole);
  }
});

it('holds messages after a batch for the next batch', () => {
  const framer = new MessageFramer();
  framer.push(startup);
  const [query, pending] = [message('Q', 'SELECT 1'), message('P', 'next')];
  expect(framer.push(Buffer.concat([query, pending])).batch).toEqual(query);
  expect(framer.push(message('S')).batch).toEqual(Buffer.concat([pending, message('S')]));
});

it('reports a terminate message', () => {
  const framer = new MessageFramer();
  framer.push(startup);
  expect(framer.push(message('X')).terminated).toBe(true);
});
