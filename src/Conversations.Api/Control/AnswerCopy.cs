using System.Text;

namespace Conversations.Api.Control;

/// <summary>Passes an answer on to the client and copies its beginning.</summary>
/// <param name="max">The most bytes to copy.</param>
internal sealed class AnswerCopy(Stream client, int max) : Stream
{
    private readonly MemoryStream copy = new();

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

    public override void Write(byte[] buffer, int offset, int count)
    {
        Copy(buffer.AsSpan(offset, count));
        client.Write(buffer, offset, count);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Copy(buffer.Span);
        return client.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => client.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Copy(ReadOnlySpan<byte> bytes) => copy.Write(bytes[..(int)Math.Min(bytes.Length, max - copy.Length)]);
}
