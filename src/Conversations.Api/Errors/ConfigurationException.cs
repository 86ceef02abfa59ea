using System.Text.RegularExpressions;

namespace Conversations.Api.Errors;

/// <summary>The configuration can't be used; the message is one sentence that names the setting.</summary>
public sealed class ConfigurationException(string message) : Exception(message);

/// <summary>What others say of a failure, for a message of one line.</summary>
public static partial class Sentence
{
    /// <summary>The first line, without the name of a method's parameter, with one full stop at its end.</summary>
    public static string Of(string message) =>
        Parameter().Replace(message.Split('\n')[0], "").Trim().TrimEnd('.') + ".";

    [GeneratedRegex(@" \(Parameter '[^']*'\)")]
    private static partial Regex Parameter();
}
