import { describe, expect, it } from '@jest/globals';
import { checkPassword } from '../../../src/users/check-password.js';

describe('checkPassword', () => {
  it.each(['12345678', 'pässwörd', '密码密码密码密码', 'a'.repeat(1024)])('accepts %j', (password) => {
    expect(() => checkPassword(password)).not.toThrow();
  });

  it.each(['', '1234567', '🙂🙂🙂🙂', 'a'.repeat(1025), 'ä'.repeat(513)])('rejects %j', (password) => {
    expect(() => checkPassword(password, 'new_password')).toThrow(
      expect.objectContaining({
        code: 'BadRequest',
        facts: {
          detail: expect.any(String),
          fields: [expect.objectContaining({ field: 'new_password' })],
        },
      }),
    );
  });
});
