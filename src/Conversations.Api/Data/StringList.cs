using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Data;

/// <summary>
/// Stores a list of strings without blanks in one text column, separated by blanks, on both databases.
/// </summary>
public static class StringList
{
    public static void IsStringList(this PropertyBuilder<IReadOnlyList<string>> property) =>
        property.HasConversion(
            list => string.Join(' ', list),
            text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new ValueComparer<IReadOnlyList<string>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list)
        );
}
