namespace Conversations.Faults.Fuzzing;

/// <summary>A request as its bytes on the wire. Each character is one byte, so the text can hold any byte.</summary>
/// <param name="Kind">The kind of mistake in it, for the statistics.</param>
/// <param name="Text">Head and body.</param>
/// <param name="IsHttp">
/// Whether it is a valid HTTP request. The web server itself may reject any other, with an empty body.
/// </param>
/// <param name="IsWhole">
/// Whether the server can tell where it ends, so that another request may follow on the same connection.
/// </param>
/// <param name="MayHangUp">
/// Whether the server may close the connection before it has received everything. Then the answer may be lost.
/// </param>
/// <param name="Pauses">The number of short pauses while sending.</param>
public sealed record FuzzRequest(
    string Kind,
    string Text,
    bool IsHttp = true,
    bool IsWhole = true,
    bool MayHangUp = false,
    int Pauses = 0
)
{
    private const int LongestLine = 8 * 1024;

    public string Method => Text.Split(' ', 2)[0];

    /// <summary>Whether its first line is longer than the web server's limit.</summary>
    public bool IsTooLong => Text.IndexOf("\r\n", StringComparison.Ordinal) > LongestLine;

    public override string ToString() => $"[{Kind}] {Shown(Text)}";

    private static string Shown(string text) =>
        string.Concat(
            (text.Length > 3000 ? $"{text[..3000]}... ({text.Length})" : text).Select(c =>
                c is '\n' or (>= ' ' and < '\x7f') ? $"{c}"
                : c == '\r' ? ""
                : $"\\x{(int)c:x2}"
            )
        );
}
