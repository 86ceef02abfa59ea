using System.Text.RegularExpressions;

namespace Conversations.Tests.Http;

/// <summary>Names with brackets, indices and members, which other frameworks read as lists and objects.</summary>
public sealed class BracketTests
{
    /// <summary>Each form has these names for each of its parameters, and nothing else.</summary>
    [Theory, OnEachStore]
    public async Task Brackets_indices_and_members_make_an_unknown_parameter(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var rows = await SampleRows.MakeAsync(
            twilio.GetAsync,
            twilio.PostAsync,
            new("bracket", "bracket"),
            twilio.ChatServiceSid
        );
        var operations = await ServedOperation.AllAsync(twilio.Server.Address);

        foreach (var operation in operations.Where(operation => operation.IsForm))
        {
            var path = operation.PathOf(operation.Named.Select(rows.SidOf));
            var bare = await twilio.PostAsync(path);
            await Assert.AllAsync(
                operation.Form,
                async name =>
                {
                    string[] names =
                    [
                        $"{name}.x",
                        $"{name}.",
                        $"{name}[]",
                        $"{name}[0]",
                        $"{name}[1024]",
                        $"{name}[999999999999]",
                        $"{name}[x]",
                        $"{name}.index",
                        $"{name}.x[0].y",
                        $"[0].{name}",
                        $"form.{name}",
                        $".{name}",
                    ];
                    var answer = await twilio.PostAsync(path, [.. names.Select(other => (other, "x"))]);
                    Assert.Equal(Seen(bare), Seen(answer));
                    foreach (var other in names)
                    {
                        answer = await twilio.PostAsync(path, (other, "x"));
                        Assert.Equal(Seen(bare), Seen(answer));
                    }
                }
            );
        }
    }

    // Each message has the next index.
    private static string Seen(Answer answer) =>
        $"{answer.Status} {Regex.Replace(answer.Masked, "\"index\":[0-9]+", "\"index\":*")}";
}
