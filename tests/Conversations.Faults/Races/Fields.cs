namespace Conversations.Faults.Races;

/// <summary>The parameters of a request. Null is not sent.</summary>
/// <param name="Name">The conversation's UniqueName.</param>
/// <param name="Author">The author of a message.</param>
public sealed record Fields(
    string? Identity = null,
    string? Address = null,
    string? Proxy = null,
    string? Projected = null,
    string? State = null,
    string? Name = null,
    string? Author = null
)
{
    public IEnumerable<KeyValuePair<string, string>> Form =>
        [
            .. Given("Identity", Identity),
            .. Given("MessagingBinding.Address", Address),
            .. Given("MessagingBinding.ProxyAddress", Proxy),
            .. Given("MessagingBinding.ProjectedAddress", Projected),
            .. Given("State", State),
            .. Given("UniqueName", Name),
            .. Given("Author", Author),
        ];

    public override string ToString() =>
        string.Join('&', Form.Select(parameter => $"{parameter.Key}={parameter.Value}"));

    private static IEnumerable<KeyValuePair<string, string>> Given(string name, string? value) =>
        value is null ? [] : [KeyValuePair.Create(name, value)];
}
