using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Conversations.Faults.Fuzzing;

/// <summary>Values that are valid but extreme: the longest legal text in the widest characters.</summary>
public sealed class Extremes(Random random)
{
    // A UTF-16 code unit of these takes the most bytes in UTF-8 (three); random ones can't be compressed.
    private const int FirstWide = 0x4e00;
    private const int LastWide = 0x9fff;

    private static readonly string[] Atoms =
    [
        "a",
        "\u4e00",
        "💩",
        "\U0010FFFF",
        "\U00020000",
        "ẞ",
        "ß",
        "İ",
        "ı",
        "e\u0301",
        "\u0301",
        "א",
        "\u202e",
        "\u200f",
        "\u200d",
        "\u0001",
        "\u001f",
        "\u007f",
        "\u0085",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\ufffd",
        "\ue000",
        "ﬃ",
        "Ǆ",
        " ",
        "\t",
        "\r\n",
        "'",
        "\"",
        "\\",
        "%",
        "+",
        "&",
        "<",
        "\\u0000",
        "${a}",
    ];

    private static readonly string[] Dates =
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01",
        "9999-12-31T23:59:59.9999999Z",
        "9999-12-31T23:59:59Z",
        "2020-02-29T23:59:59.9999999+14:00",
        "1969-12-31t23:59:59.1z",
        "2020-01-01T00:00",
    ];

    private static readonly string[] Durations =
    [
        "P36525D",
        "PT2147483647S",
        "P9999D",
        "PT10M0.0000001S",
        "P0DT0H10M0S",
        "PT0000000000000000000000000000000000000000000000000000000000010M",
    ];

    private static readonly string[] Events =
    [
        "onConversationUpdated",
        "onConversationStateUpdated",
        "onConversationRemoved",
        "onParticipantAdded",
        "onParticipantUpdated",
        "onParticipantRemoved",
        "onMessageAdded",
        "onMessageUpdated",
        "onMessageRemoved",
        "onDeliveryUpdated",
    ];

    private int made;

    /// <summary>The values of a parameter, the number that its schema allows.</summary>
    public IEnumerable<string> Of(string name, JsonNode schema)
    {
        if (schema["type"]!.GetValue<string>() != "array")
        {
            return [One(name, schema)];
        }

        var count = schema["maxItems"]!.GetValue<int>();
        return Enumerable.Range(0, count).Select(_ => One(name, schema["items"]!));
    }

    /// <summary>A text of the length that begins differently each time.</summary>
    public string Text(int length, string start = "")
    {
        StringBuilder text = new(start);
        text.Append(CultureInfo.InvariantCulture, $"{++made}-");
        var isMixed = random.Next(3) == 0;
        var isWide = random.Next(2) == 0;
        var atom = Values.Pick(random, Atoms);
        while (text.Length < length)
        {
            var next =
                isWide ? $"{(char)random.Next(FirstWide, LastWide + 1)}"
                : isMixed ? Values.Pick(random, Atoms)
                : atom;
            text.Append(text.Length + next.Length <= length ? next : "\u4e00");
        }

        return text.ToString();
    }

    /// <summary>A text without white space, as addresses are.</summary>
    public string Word(int length, string start = "") =>
        string.Concat(Text(length, start).Select(c => char.IsWhiteSpace(c) || c == '@' ? '\u4e01' : c));

    /// <summary>A phone number in the US that no other call returns.</summary>
    public string Phone() => string.Create(CultureInfo.InvariantCulture, $"+1201{2_000_000 + ++made:0000000}");

    private string One(string name, JsonNode schema) =>
        schema["enum"] is JsonArray all
            ? Values.Pick(random, [.. all.Select(value => value!.GetValue<string>())])
            : schema["type"]!.GetValue<string>() switch
            {
                "boolean" => Values.Pick(random, ["true", "FALSE"]),
                "integer" when name == "LastReadMessageIndex" => "2147483647",
                "integer" => Values.Pick(random, ["0", "2147483647", "000000000000000000001"]),
                _ => Text(name, schema["maxLength"]!.GetValue<int>()),
            };

    private string Text(string name, int length) =>
        name[(name.LastIndexOf('.') + 1)..] switch
        {
            "Attributes" => Json(length),
            "Body" => Text(length / 3), // The limit is in bytes.
            "ContentVariables" => Variables(),
            "DateCreated" or "DateUpdated" or "LastReadTimestamp" => Values.Pick(random, Dates),
            "Inactive" or "Closed" or "DefaultInactiveTimer" or "DefaultClosedTimer" => Values.Pick(random, Durations),
            "Filters" => Values.Pick(random, Events),
            "Permission" => Values.Pick(random, ["addParticipant", "editConversationAttributes"]),
            "Method" => Values.Pick(random, ["GET", "post"]),
            "Url" or "PreWebhookUrl" or "PostWebhookUrl" => Url(length),
            _ => Text(length),
        };

    private string Url(int length) =>
        Text(length, Values.Pick(random, ["http://127.0.0.1:9/", "http://127.0.0.1:9?a=", "HTTP://127.0.0.1:9/#"]));

    // JSON of the length in bytes of UTF-8.
    public string Json(int bytes)
    {
        var depth = bytes / 2;
        return random.Next(6) switch
        {
            0 => new string('[', depth) + new string(']', depth),
            1 => $"\"{string.Concat(Enumerable.Repeat("\\ud800", (bytes - 2) / 6))}\"",
            2 => $"\"{string.Concat(Enumerable.Repeat("\\u0000", (bytes - 2) / 6))}\"",
            3 => new string('9', bytes),
            4 => $"{{\"\":1,\"\":{new string(' ', bytes - 11)}2}}",
            _ => $"\"{Repeated(Values.Pick(random, ["💩", "\U0010FFFF", "𝔘"]), (bytes - 2) / 4)}\"",
        };
    }

    // A hundred variables with the longest names and values: 27,801 characters, the most that a message takes.
    private static string Variables()
    {
        var value = Repeated("\u4e00", 256);
        return $"{{{string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"{i:D16}\":\"{value}\""))}}}";
    }

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
