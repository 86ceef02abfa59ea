using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Conversations.Api.Control;

/// <summary>
/// Passes an answer on to the client and copies its beginning. It holds the latest write back until the next one or
/// <see cref="ReleaseAsync"/>: a client that knows the length of an answer does not wait for more than its last byte.
/// </summary>
/// <param name="max">The most bytes to copy.</param>
internal sealed class AnswerCopy(IHttpResponseBodyFeature answer, int max) : Stream
{
    private readonly Stream client = answer.Stream;

    private readonly MemoryStream copy = new();

    private byte[] held = [];

    /// <summary>The beginning of the answer.</summary>
    public string Text => Encoding.UTF8.GetString(copy.GetBuffer(), 0, (int)copy.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        Copy(buffer.Span);
        var next = buffer.ToArray();
        if (held is [])
        {
            await answer.StartAsync(cancellationToken); // No error can take its place. Nothing is sent yet.
        }

        await ReleaseAsync(cancellationToken);
        held = next;
    }

    /// <summary>Sends what is held back.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var last = held;
        held = [];
        if (last is not [])
        {
            await client.WriteAsync(last, cancellationToken);
        }
    }

    public override void Flush() => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Copy(ReadOnlySpan<byte> bytes) => copy.Write(bytes[..(int)Math.Min(bytes.Length, max - copy.Length)]);
}
