import { pipeline, Readable, type Transform } from 'node:stream';

/** Bytes through a transform such as gzip, a chunk at a time; whoever stops reading stops the source too. */
export async function* through(chunks: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Buffer> {
  // The reader below hears of errors and of an early end; this callback only has to be there.
  const output = pipeline(Readable.from(chunks), transform, () => undefined);
  try {
    for await (const chunk of output) yield chunk;
  } finally {
    output.destroy();
  }
}
