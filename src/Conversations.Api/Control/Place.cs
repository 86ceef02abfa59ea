namespace Conversations.Api.Control;

/// <summary>A place in a document.</summary>
/// <param name="position">The number of bytes before it.</param>
internal readonly struct Place(byte[] document, long position)
{
    /// <summary>The error of a caller whose document is wrong here.</summary>
    public ControlException Wrong(string reason) =>
        Wrong(1 + document.AsSpan(0, (int)position).Count((byte)'\n'), reason);

    public static ControlException Wrong(long line, string reason) =>
        new(StatusCodes.Status400BadRequest, $"Line {line}: {reason.TrimEnd('.')}.");
}
