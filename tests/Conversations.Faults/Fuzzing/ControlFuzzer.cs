using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Conversations.Faults.Fuzzing;

/// <summary>
/// Generates requests to /control that are wrong in many ways. The same random numbers give the same request, apart
/// from the SIDs of the account.
/// </summary>
public sealed partial class ControlFuzzer(IReadOnlyList<ControlOperation> operations)
{
    /// <summary>The kind of a document with a mistake in a random place. Each export has its own length.</summary>
    public const string Damaged = "damaged document";

    // A longer wait would only be a pause.
    private static readonly string[] Waits = ["0", "1ms", "0.01s", "-1", "1e3", "61s", "NaN", "s", "ms", "", "٣s"];

    // JSON, as it stands in a document.
    private static readonly string[] Literals =
    [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e999",
        "2147483647",
        "2147483648",
        "9223372036854775807",
        "9223372036854775808",
        "[]",
        "[null]",
        "[\"\"]",
        "[1]",
        "{}",
        "\"\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"x\"",
        "\"closed\"",
        "\"initializing\"",
        "\"PT0S\"",
        "\"P36525D\"",
        "\"-P1D\"",
        "\"0001-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"",
        "\"2020-01-01T00:00:00.1234567+14:00\"",
        "\"2020-01-01\"",
        "\"support\"",
        "\"CH0123456789abcdef0123456789abcdef\"",
        "\"http://127.0.0.1:9/\"",
        "\"[1\"",
    ];

    /// <param name="document">An export of the account.</param>
    /// <param name="foreign">SIDs and names of another account.</param>
    public (string Kind, HttpRequestMessage Request) Next(Random random, string document, IReadOnlyList<string> foreign)
    {
        var (kind, path, body) = random.Next(10) switch
        {
            < 4 => ("changed export", "/control/import?sids=keep", Changed(random, document, foreign)),
            4 => ("written document", "/control/import", Written(random, JsonNode.Parse(document)!, foreign)),
            5 => (
                "damaged document",
                $"/control/import?sids={Values.Pick(random, ["new", "keep"])}",
                Cut(random, document)
            ),
            _ => (null, "", ""),
        };
        if (kind is not null)
        {
            return (kind, With(new(HttpMethod.Post, path), body));
        }

        // The account is needed for the next requests.
        var operation = Values.Pick(
            random,
            [.. operations.Where(one => one.Id is not ("DeleteAccount" or "ImportAccount"))]
        );
        path = operation.PathOf(operation.Named.Select(_ => Short()));
        var query = operation.Query.Where(_ => random.Next(2) == 0).Select(name => $"{name}={Value(name)}");
        HttpRequestMessage request = new(operation.Method, $"{path}?{string.Join('&', query)}");
        return operation.Body is null
            ? (operation.Id, request)
            : (operation.Id, With(request, Members(random, operation.Body, foreign)));

        string Value(string name) => name == "wait" ? Uri.EscapeDataString(Values.Pick(random, Waits)) : Short();

        // The web server answers longer lines without a body.
        string Short() => Uri.EscapeDataString(string.Concat(Text(random, foreign).EnumerateRunes().Take(200)));
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string json)
    {
        request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return request;
    }

    // An export in which a few values have changed.
    private static string Changed(Random random, string document, IReadOnlyList<string> foreign)
    {
        var root = JsonNode.Parse(document)!.AsObject();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var tables = root.Select(table => table.Value).OfType<JsonArray>().Where(rows => rows.Count > 0).ToList();
            var rows = Values.Pick(random, tables);
            if (rows[random.Next(rows.Count)] is not JsonObject row || row.Count == 0)
            {
                continue;
            }

            var column = Values.Pick(random, [.. row.Select(pair => pair.Key)]);
            switch (random.Next(8))
            {
                case 0:
                    row.Remove(column);
                    break;
                case 1:
                    rows.Add(row.DeepClone());
                    break;
                case 2:
                    rows.Remove(row);
                    break;
                case 3:
                    row[column + "x"] = 1;
                    break;
                default:
                    row[column] = Odd(random, foreign);
                    break;
            }
        }

        return JsonOf(root);
    }

    // A few rows with a few columns each, as a person writes them.
    private static string Written(Random random, JsonNode export, IReadOnlyList<string> foreign)
    {
        JsonObject root = [];
        foreach (var (name, value) in export.AsObject().Where(_ => random.Next(3) == 0))
        {
            JsonArray rows = [];
            foreach (var row in (value as JsonArray)?.OfType<JsonObject>().Take(3) ?? [])
            {
                rows.Add(
                    new JsonObject(
                        row.Where(_ => random.Next(3) == 0)
                            .Select(pair =>
                                KeyValuePair.Create(
                                    pair.Key,
                                    random.Next(4) == 0 ? (JsonNode?)Odd(random, foreign) : pair.Value?.DeepClone()
                                )
                            )
                    )
                );
            }

            root[name] = rows;
        }

        return JsonOf(root);
    }

    private static string Cut(Random random, string document)
    {
        var place = random.Next(document.Length);
        return random.Next(3) switch
        {
            0 => document[..place],
            1 => document.Insert(place, Values.Pick(random, Literals)),
            _ => document[..place] + (char)random.Next(1, 0x300) + document[(place + 1)..],
        };
    }

    private static string Members(Random random, IReadOnlyList<string> names, IReadOnlyList<string> foreign) =>
        random.Next(5) == 0
            ? Values.Pick(random, [.. Literals, "", "{", "[", new string('[', 2000)])
            : JsonOf(
                new JsonObject(
                    names
                        .Where(_ => random.Next(2) == 0)
                        .Select(name => KeyValuePair.Create(name, (JsonNode?)Odd(random, foreign)))
                )
            );

    // A text, or the place of a literal that JsonNode may not accept.
    private static JsonNode Odd(Random random, IReadOnlyList<string> foreign) =>
        random.Next(3) == 0 ? Text(random, foreign) : $"@{random.Next(Literals.Length)}@";

    private static string JsonOf(JsonNode node) =>
        Place()
            .Replace(
                node.ToJsonString(),
                match => Literals[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)]
            );

    private static string Text(Random random, IReadOnlyList<string> foreign) =>
        random.Next(6) switch
        {
            0 => Values.Pick(random, foreign),
            1 => Values.Bytes(random, random.Next(1, 60)).Replace("\0", "\u2028", StringComparison.Ordinal),
            2 => new string('ä', Values.Pick(random, [255, 1001, 3000, 70_000]) / 10),
            3 => Values.Pick(random, ["0", "-1", "9223372036854775807", "1e9", "2020-01-01T00:00:00Z", "P1D"]),
            4 => Values.Pick(random, ["'; DROP TABLE accounts; --", "..", "a/b", "%2e%2e", "null", "\ud83d\ude00"]),
            _ => "prepared",
        };

    [GeneratedRegex("\"@([0-9]+)@\"")]
    private static partial Regex Place();
}
