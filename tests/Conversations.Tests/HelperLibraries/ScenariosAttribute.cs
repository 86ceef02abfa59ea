using System.Reflection;
using Xunit.Sdk;

namespace Conversations.Tests.HelperLibraries;

/// <summary>
/// Runs a theory for each scenario of a program, in both route shapes on every available database. Parameters: Store,
/// Shape, string.
/// </summary>
/// <param name="file">The program, relative to this file.</param>
public sealed class ScenariosAttribute(string file) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from store in Stores.Available
        from shape in Enum.GetValues<Shape>()
        from scenario in LibraryProgram.ScenariosOf(file)
        select new object[] { store, shape, scenario };
}
