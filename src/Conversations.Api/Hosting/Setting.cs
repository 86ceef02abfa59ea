namespace Conversations.Api.Hosting;

/// <summary>A setting of this server.</summary>
/// <param name="Key">The key in the configuration; # stands for the number of a list's entry.</param>
/// <param name="Default">What holds without it, in words; null when there is nothing to say.</param>
/// <param name="Check">
/// What is wrong with a text that is not empty, as the end of a sentence ("must be …"); null for a text that can be
/// used.
/// </param>
public sealed record Setting(string Key, string Meaning, string? Default, Func<string, string?> Check)
{
    private readonly string[] segments = Key.Split(':');

    /// <summary>
    /// Whether an empty text is a mistake. Otherwise it means that the setting is not given: docker-compose.yml passes
    /// variables on that may not be set.
    /// </summary>
    public bool IsNeverEmpty { get; init; }

    /// <summary>The name as an environment variable, of the first entry of a list.</summary>
    public string Variable => NameOf(Key.Replace('#', '0'));

    /// <summary>How a user writes a key: as an environment variable.</summary>
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
