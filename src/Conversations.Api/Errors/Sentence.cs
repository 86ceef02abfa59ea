using System.Text.RegularExpressions;

namespace Conversations.Api.Errors;

/// <summary>Shortens the message of another library's exception to one line.</summary>
public static partial class Sentence
{
    /// <summary>
    /// The first line without the parameter name of an ArgumentException, with one full stop at its end.
    /// </summary>
    public static string Of(string message) =>
        Parameter().Replace(message.Split('\n')[0], "").Trim().TrimEnd('.') + ".";

    [GeneratedRegex(@" \(Parameter '[^']*'\)")]
    private static partial Regex Parameter();
}
