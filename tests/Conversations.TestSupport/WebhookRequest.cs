using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Conversations.TestSupport;

/// <summary>A received request.</summary>
/// <param name="Target">The path and query, byte for byte.</param>
public sealed partial record WebhookRequest(
    string Method,
    string Target,
    IReadOnlyDictionary<string, string> Headers,
    string Body
)
{
    private IReadOnlyList<KeyValuePair<string, string>>? parameters;

    /// <summary>The decoded parameters in the order sent: of the body of a POST, of the query of a GET.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters =>
        parameters ??= [.. Read(Method == "GET" ? Query : Body)];

    public string? this[string name] =>
        Parameters.Where(parameter => parameter.Key == name).Select(parameter => parameter.Value).SingleOrDefault();

    /// <summary>
    /// All parameters as Name=value, one a line, sorted by name. A date has ~ for its milliseconds; the part before
    /// them is known from the API's answers.
    /// </summary>
    public string Text =>
        string.Join(
            '\n',
            Parameters
                .Select(parameter => $"{parameter.Key}={Milliseconds().Replace(parameter.Value, "$1~Z")}")
                .Order(StringComparer.Ordinal)
        );

    private string Query =>
        Target.Contains('?', StringComparison.Ordinal)
            ? Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..]
            : "";

    private static IEnumerable<KeyValuePair<string, string>> Read(string form)
    {
        using var reader = new FormReader(form) { ValueLengthLimit = int.MaxValue };
        while (reader.ReadNextPair() is { } pair)
        {
            yield return pair;
        }
    }

    [GeneratedRegex(@"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d{3}Z$")]
    private static partial Regex Milliseconds();
}
