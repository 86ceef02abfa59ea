namespace Conversations.Api.Hosting;

/// <summary>A setting of this server.</summary>
/// <param name="Key">The key in the configuration. # stands for the number of a list entry, * for any name.</param>
/// <param name="Meaning">The description in the help; empty for a setting that the help does not list.</param>
/// <param name="Default">The default, as text; null when the help shows none.</param>
/// <param name="Check">
/// Checks a text that is not empty. It returns the end of a sentence that says what is wrong ("must be …"), or null
/// when the text is correct.
/// </param>
public sealed record Setting(string Key, string Meaning, string? Default, Func<string, string?> Check)
{
    private readonly string[] segments = Key.Split(':');

    /// <summary>
    /// Whether an empty text is a mistake. For other settings it means that the setting is not given, because
    /// docker-compose.yml also passes on variables that are not set.
    /// </summary>
    public bool IsNeverEmpty { get; init; }

    /// <summary>The name of the environment variable, for a list that of its first entry.</summary>
    public string Variable => NameOf(Key.Replace('#', '0'));

    /// <summary>The name of a key as an environment variable.</summary>
    public static string NameOf(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    public bool Matches(string key)
    {
        var given = key.Split(':');
        return given.Length == segments.Length
            && given
                .Zip(segments)
                .All(pair =>
                    pair.Second == "#"
                        ? pair.First.Length > 0 && pair.First.All(char.IsAsciiDigit)
                        : pair.Second == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)
                );
    }
}
