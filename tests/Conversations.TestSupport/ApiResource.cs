using System.Text.Json;

namespace Conversations.TestSupport;

/// <summary>One resource, as the tests of every resource need it.</summary>
/// <param name="Path">
/// The path of its list, or of the resource itself when it exists once, below /v1 and below
/// /v1/Services/{ChatServiceSid}, with the official names of its parameters.
/// </param>
public sealed record ApiResource(string Path)
{
    /// <summary>The prefix of the SID that names a row in a path; null when there is only one resource.</summary>
    public string? SidPrefix { get; init; }

    /// <summary>The member of a row that has that SID.</summary>
    public string SidMember { get; init; } = "sid";

    /// <summary>
    /// For a view, the resource whose rows it shows: those that a participant with the name of the sample is in. Nobody
    /// creates a row of a view. Null for a resource that has its own rows.
    /// </summary>
    public ApiResource? ViewOf { get; init; }

    /// <summary>
    /// Whether the server makes the rows by itself, as the receipts of a message. No operation creates or deletes one.
    /// </summary>
    public bool IsMadeByServer { get; init; }

    /// <summary>
    /// For a path that only creates rows of another resource, that resource. Null when the rows are read here too.
    /// </summary>
    public ApiResource? Creates { get; init; }

    /// <summary>Whether a row has a path of its own, where it is fetched and deleted.</summary>
    public bool HasRowPaths { get; init; } = true;

    /// <summary>The query parameter that the list requires, with the name of the sample; null for none.</summary>
    public string? FilterParameter { get; init; }

    public IReadOnlyList<Shape> Shapes { get; init; } = Enum.GetValues<Shape>();

    /// <summary>The form parameter whose value stands for the SID in a path; null for none.</summary>
    public string? NameParameter { get; init; }

    /// <summary>The parameters of any operation that take the SID of a row.</summary>
    public IReadOnlyList<string> SidParameters { get; init; } = [];

    /// <summary>
    /// Forms that create one row each, all below the same parents. The first one sets everything that a row can have;
    /// the others create other kinds. A resource that exists once has a form that changes it.
    /// </summary>
    public required Func<Sample, (string Name, string Value)[][]> Forms { get; init; }

    /// <summary>The same; null for the last part of the path.</summary>
    public string? Key { get; init; }

    /// <summary>The member that holds the rows of a page.</summary>
    public string ListKey =>
        Key
        ?? JsonNamingPolicy.CamelCase.ConvertName(
            (ViewOf?.Path ?? Path)[((ViewOf?.Path ?? Path).LastIndexOf('/') + 1)..]
        );

    /// <summary>The number of rows that a list can have.</summary>
    public int Capacity { get; init; } = int.MaxValue;

    /// <summary>The number of rows of a page when PageSize is not given.</summary>
    public int DefaultPageSize { get; init; } = 50;

    /// <summary>The members of a row that page tokens contain after PT.</summary>
    public IReadOnlyList<string> PageKey { get; init; } = ["sid"];

    /// <summary>Whether page tokens are indices, which name no row.</summary>
    public bool IsByIndex => PageKey is ["index"];

    /// <summary>The highest number of rows of a page.</summary>
    public int MaxPageSize { get; init; } = 1000;

    /// <summary>The table of its rows; null when they hold no personal data.</summary>
    public string? Table { get; init; }

    /// <summary>The columns that store the texts of a <see cref="Sample"/>, sorted.</summary>
    public IReadOnlyList<string> PersonalColumns { get; init; } = [];

    /// <summary>A query of the list with what it requires, in the order of the page URLs.</summary>
    /// <param name="query">Empty, or a query from its ? on.</param>
    public string QueryOf(string name, string query = "") =>
        FilterParameter is null ? query
        : query is "" ? $"?{FilterParameter}={name}"
        : query.Replace("?", $"?{FilterParameter}={name}&", StringComparison.Ordinal);

    /// <summary>
    /// Whether deleting a row of the other resource deletes a row of this one: it is below that resource, or the same.
    /// </summary>
    public bool GoesWith(ApiResource other) =>
        this == other
        || Path.StartsWith($"{other.Path}/", StringComparison.Ordinal)
        || (other == Resources.Services && Shapes.Contains(Shape.Service));

    public bool Equals(ApiResource? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Path;
}
