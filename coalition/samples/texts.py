"""Texts of the sample letters. The quoted passages are quotations, as their sources give them."""

CITIES_ABOUT = """\
Groups in several cities who work against license plate readers and face recognition in the hands
of the police. *The coalition is made up; the facts of its campaigns are real.*
"""

LIBRARY_ABOUT = "Neighbors of a library in a town that does not exist."

AUDIT_LETTER = """\
*A sample letter. Sign it to see how signing works; nobody will receive it.*

In January 2021 the Board approved the department's use of face recognition through LACRIS, by
4 votes to 0 and against 931 of 943 public letters. The order that was approved limits searches
to credible threats to life, criminal investigations and identifying somebody who is
incapacitated, by trained officers with approval.

Nobody outside the department can tell whether these limits are kept. **We ask the Board to
order a public audit** that answers:

1. how many searches were made in each year, for which of the permitted purposes;
2. how many led to a stop, an arrest or a charge, and how many to the wrong person;
3. how often images from protests were searched.
"""

AUDIT_LETTER_ES = """\
*Una carta de muestra. Fírmela para ver cómo funciona; nadie la recibirá.*

En enero de 2021 la Junta aprobó que el departamento use el reconocimiento facial a través de
LACRIS, por 4 votos contra 0 y pese a que 931 de 943 cartas del público se oponían. La orden
limita las búsquedas a amenazas creíbles contra la vida, investigaciones penales y la
identificación de personas incapacitadas, por agentes capacitados y autorizados.

Nadie fuera del departamento puede saber si esos límites se respetan. **Pedimos a la Junta una
auditoría pública** que responda:

1. cuántas búsquedas se hicieron cada año y con cuál de los fines permitidos;
2. cuántas llevaron a una detención, un arresto o una acusación, y cuántas a la persona equivocada;
3. con qué frecuencia se buscaron imágenes de protestas.
"""

LIBRARY_PETITION = """\
*A sample petition in a town that does not exist.*

The Anytown library closes on Sundays from next month. Sunday is the only day on which many of
us can come. **Keep the library open on Sundays.**
"""

LIBRARY_PETITION_ES = """\
*Una petición de muestra en una ciudad que no existe.*

La biblioteca de Anytown cerrará los domingos a partir del próximo mes. El domingo es el único
día en que muchos podemos ir. **Que la biblioteca siga abierta los domingos.**
"""
