import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type BackoffOptions, withBackoff } from '../../common/backoff.ts';
import { KEY_BYTES } from '../../events/privacy/subject-key.ts';
import { keysUnavailable } from './key-table.ts';

/** Encrypts the platform's own keys, under which all others are wrapped. Throws `keys_unavailable`. */
export interface KeyEncryption {
  /** A new key for a name, and the same encrypted. */
  make(name: string): Promise<{ readonly key: Uint8Array; readonly encrypted: Uint8Array }>;
  /** Only for the name that it was made for. */
  decrypt(name: string, encrypted: Uint8Array): Promise<Uint8Array>;
}

/** @param keyId id, alias or ARN of the KMS key */
export function kmsEncryption(kms: KMSClient, keyId: string, backoff: BackoffOptions = {}): KeyEncryption {
  const inputFor = (name: string) => ({ KeyId: keyId, EncryptionContext: { name } });
  const send = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await withBackoff(call, backoff);
    } catch (cause) {
      throw keysUnavailable(keyId, cause);
    }
  };
  return {
    async make(name) {
      const command = new GenerateDataKeyCommand({ ...inputFor(name), NumberOfBytes: KEY_BYTES });
      const { Plaintext, CiphertextBlob } = await send(() => kms.send(command));
      if (Plaintext === undefined || CiphertextBlob === undefined) throw keysUnavailable(keyId);
      return { key: Plaintext, encrypted: CiphertextBlob };
    },
    async decrypt(name, CiphertextBlob) {
      const command = new DecryptCommand({ ...inputFor(name), CiphertextBlob });
      const { Plaintext } = await send(() => kms.send(command));
      if (Plaintext === undefined) throw keysUnavailable(keyId);
      return Plaintext;
    },
  };
}
