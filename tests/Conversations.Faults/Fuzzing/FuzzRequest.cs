namespace Conversations.Faults.Fuzzing;

/// <summary>A request as it goes over the wire. A character is a byte, so that it can hold any.</summary>
/// <param name="Kind">What is wrong with it, for the figures.</param>
/// <param name="Text">Head and body.</param>
/// <param name="IsHttp">Whether it is a request at all: else the web server may refuse it before there is one, with an empty body.</param>
/// <param name="IsWhole">Whether the server can tell where it ends, so that another may follow on the same connection.</param>
/// <param name="MayHangUp">Whether the server may close the connection before all of it was sent, which can cost the answer.</param>
/// <param name="Pauses">How often to stop for a moment while sending.</param>
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

    /// <summary>Whether its first line is longer than the web server reads.</summary>
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

/// <summary>What the server answered.</summary>
/// <param name="Status">0 when it hung up without an answer.</param>
public sealed record FuzzAnswer(int Status, string Head, string Body);
