using System.Text.RegularExpressions;

namespace Conversations.TestSupport;

/// <summary>Replaces the parts of a text that differ between runs.</summary>
public static partial class Masks
{
    private static readonly Regex Sid = new(
        @"\b(AC|MG|"
            + $@"{string.Join('|', Resources.All.Select(resource => resource.SidPrefix).OfType<string>())})[0-9a-f]"
            + $@"{{32}}\b"
    );

    /// <summary>
    /// Replaces only exact forms: CH08de… becomes CHx, 2026-11-22T15:55:18Z becomes DATE, http://127.0.0.1:41234
    /// becomes HOST.
    /// </summary>
    public static string Mask(string text) => Host().Replace(MaskDates(Sid.Replace(text, "$1x")), "HOST");

    /// <summary>The same for dates alone.</summary>
    public static string MaskDates(string text) => Date().Replace(text, "DATE");

    [GeneratedRegex(@"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")]
    private static partial Regex Date();

    [GeneratedRegex(@"http://(127\.0\.0\.1|localhost|\[::1\]):\d+")]
    private static partial Regex Host();
}
